import { overview, step } from './notes.mjs';

export const notes = [
  overview(`## Missed call
Twilio or GoHighLevel reports a call. LeadLoop checks who sent it, decides whether the call was missed, and keeps **one lead, one callback task and at most one text** for it. This workflow answers the provider at once, then qualifies what was said and tells staff.

### Set up
1. Choose your **LeadLoop API** credential in the three LeadLoop nodes.
2. Edit **Settings**. Everything there may stay empty.
3. Publish, and give Twilio the production address of **Twilio Calls** as status callback, Dial action and transcription callback. Give GoHighLevel that of **GoHighLevel Calls**.
4. Set the same Twilio token in LeadLoop (TWILIO_AUTH_TOKEN). A request that proves nothing is refused.

### Settings
- **twilio_url**: the address as typed into Twilio, when n8n knows itself by another
- **ghl_secret**: what GoHighLevel sends as X-LeadLoop-Secret, when it does not sign
- **notify_url**, **notify_field**: where a message for staff is posted, and in which field ("text" for Slack and Mattermost, "content" for Discord)
- **dashboard_url**: LeadLoop's address as staff open it
- **say_…**: how messages begin

The pinned examples show the data; their signatures are not real, so a test run ends at "Refuse Twilio".`),
  step(
    0,
    2,
    `### 1 · A call is reported
Twilio posts several times for one call, GoHighLevel once. Both run through **Settings**, the only node to edit.`,
  ),
  step(
    3,
    5,
    `### 2 · LeadLoop judges it
Without a signature (or GoHighLevel's shared secret) nothing is passed on. LeadLoop verifies it, finds or makes the lead, opens the callback task and decides about the text. When it is away, the call is tried again under the same key: it is never stored twice.`,
  ),
  step(
    6,
    7,
    `### 3 · The provider is answered
At once, before anything slow. When the call could not be stored: 503 for Twilio (its fallback address takes over), 429 for GoHighLevel (it sends again). The error handler hears of it.`,
  ),
  step(
    8,
    9,
    `### 4 · Missed, and for the first time?
Answered and ringing calls end here. So does what LeadLoop was told before (**repeated** in its answer); what the caller said counts as new.`,
  ),
  step(
    10,
    12,
    `### 5 · Qualify what was said
Only a voicemail's or message's words can be judged. **Book Now** tells staff, **Follow Up** and silence ask for the callback, **Low Quality** stays on the task list without an alert.`,
  ),
  step(
    13,
    14,
    `### 6 · Tell staff
No address: the workflow ends quietly. Put your chat or e-mail node in the place of the last one.`,
  ),
];

/** Made-up examples, pinned to the triggers for a look without sending anything. */
export const pins = {
  'Twilio Calls': {
    headers: {
      host: 'n8n.example.com',
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': 'ZXhhbXBsZSBzaWduYXR1cmU=',
    },
    params: {},
    query: {},
    body: {
      AccountSid: 'AC00000000000000000000000000000001',
      ApiVersion: '2010-04-01',
      CallSid: 'CA00000000000000000000000000000001',
      CallStatus: 'completed',
      DialCallStatus: 'no-answer',
      Direction: 'inbound',
      From: '+12025550123',
      FromState: 'DC',
      FromCountry: 'US',
      To: '+12025550100',
      ToCountry: 'US',
    },
    webhookUrl: 'https://n8n.example.com/webhook/leadloop/missed-call',
    executionMode: 'production',
  },
  'GoHighLevel Calls': {
    headers: {
      host: 'n8n.example.com',
      'content-type': 'application/json',
      'x-leadloop-secret': 'an example secret',
    },
    params: {},
    query: {},
    body: {
      contact_id: 'exampleContact000001',
      full_name: 'Alex Morgan',
      phone: '+12025550124',
      call_id: 'exampleCall000000001',
      call_status: 'no-answer',
      message: 'Can I come in for a cleaning this week?',
      location: { id: 'exampleLocation00001', name: 'Example Dental' },
    },
    webhookUrl: 'https://n8n.example.com/webhook/leadloop/missed-call-ghl',
    executionMode: 'production',
  },
};
