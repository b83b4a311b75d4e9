import { overview, step } from './notes.mjs';

export const notes = [
  overview(
    `## Web form
A form on your site posts here. LeadLoop keeps the enquiry with the consent as it was given, finds or makes the lead, opens the callback task and decides about the acknowledgement. The visitor is answered at once; then the enquiry is qualified and staff are told.

### Set up
1. Choose your **LeadLoop API** credential in the two LeadLoop nodes.
2. Edit **Settings**.
3. Publish, and let the form post to the production address of **Form Posts**, as JSON or as a plain HTML form.

### Fields of the form
name (or first_name and last_name, or company), email, phone, message, service, postal_code; consent_sms and consent_email (the boxes), consent_text (the sentence beside them); submission_id, if your form makes one.

### Settings
- **form_id**: how LeadLoop knows this form, and its business
- **thanks_url**: where a plain HTML form goes on to; empty: a JSON answer
- **say_thanks**: the message of that answer
- **notify_url**, **notify_field**: where a message for staff is posted, and in which field
- **dashboard_url**: LeadLoop's address as staff open it
- **say_…**: how messages begin`,
  ),
  step(
    0,
    2,
    `### 1 · The form is kept
With what the person agreed to, as evidence. **Settings** is the only node to edit. Sent twice, it is one enquiry: by submission_id, else by contact, message and minute.`,
  ),
  step(
    3,
    4,
    `### 2 · The visitor is answered
A thank-you page or JSON; 400 names the fields to correct; 503 when LeadLoop is away. Nothing in the answer tells whether the person was known.`,
  ),
  step(
    5,
    5,
    `### 3 · The first time?
A form sent twice is told to staff once: LeadLoop answers **repeated**.`,
  ),
  step(
    6,
    7,
    `### 4 · Qualify
**Book Now**: the booking link is saved on the lead (and sent by LeadLoop, if the business turned that on). **Follow Up**: the callback task stands. **Low Quality**: no alert. When it fails, a person calls.`,
  ),
  step(
    8,
    9,
    `### 5 · Tell staff
No address: the workflow ends quietly. Put your chat or e-mail node in the place of the last one.`,
  ),
];

/** Made-up examples, pinned to the triggers for a look without sending anything. */
export const pins = {
  'Form Posts': {
    headers: {
      host: 'n8n.example.com',
      'content-type': 'application/json',
      'user-agent': 'Mozilla/5.0',
      referer: 'https://www.example.com/contact',
    },
    params: {},
    query: {},
    body: {
      submission_id: 'example-submission-1',
      name: 'Alex Morgan',
      email: 'alex.morgan@example.com',
      phone: '+1 202 555 0125',
      service: 'Cleaning',
      message: 'I would like an appointment for a cleaning this week, please.',
      consent_sms: 'on',
      consent_text: 'Text me about my enquiry.',
    },
    webhookUrl: 'https://n8n.example.com/webhook/leadloop/web-form',
    executionMode: 'production',
  },
};
