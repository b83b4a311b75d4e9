import { overview, step } from './notes.mjs';

export const notes = [
  overview(`## Appointment
Calendly reports bookings, moves, cancellations and no-shows; the front desk (or its software) reports how a visit ended. LeadLoop keeps **one appointment**, closes the callback task when somebody books, and plans **one review request** for the day after: it moves with the appointment and is dropped after a cancellation or a no-show.

### Set up
1. Choose your **LeadLoop API** credential in the three LeadLoop nodes.
2. Edit **Settings**.
3. Publish, and make a Calendly webhook subscription for invitee.created, invitee.canceled and invitee_no_show.created with the production address of **Calendly Events**. Set the same signing key in LeadLoop (CALENDLY_WEBHOOK_SIGNING_KEY).
4. To report visits, set **visit_secret** and post \`{"appointment_id": "…", "status": "completed"}\` (or no_show, cancelled) with the header X-LeadLoop-Secret to **Visit Results**. Without a secret it refuses everybody.

### Settings
- **visit_secret**: long and random
- **notify_url**, **notify_field**: where a message for staff is posted, and in which field
- **dashboard_url**: LeadLoop's address as staff open it
- **say_…**: how messages, and callback tasks, begin

The pinned Calendly example has no valid signature: a test run ends at "Refuse Calendly".`),
  step(
    0,
    2,
    `### 1 · An event comes in
**Raw Body** is on: Calendly signs the exact bytes. **Settings** is the only node to edit.`,
  ),
  step(
    3,
    5,
    `### 2 · LeadLoop takes it
It verifies the signature and finds the lead by the reference in the booking link, else by e-mail. Tried again under the same key, an event takes effect once.`,
  ),
  step(
    6,
    9,
    `### 3 · The sender is answered
Before anything slow. 503 when LeadLoop is away: Calendly sends again for a day. What LeadLoop was told before (**repeated** in its answer) ends at **First Time**.`,
  ),
  step(
    10,
    12,
    `### 4 · What follows
**Cancelled** and **No-Show** ask for a callback to rebook (none, if one is open). **Kept**: LeadLoop sends the review request by itself.`,
  ),
  step(
    13,
    14,
    `### 5 · Tell staff
No address: the workflow ends quietly. Put your chat or e-mail node in the place of the last one.`,
  ),
];

/** Made-up examples, pinned to the triggers for a look without sending anything. */
export const pins = {
  'Calendly Events': {
    headers: {
      host: 'n8n.example.com',
      'content-type': 'application/json',
      'calendly-webhook-signature': 't=1773241200,v1=0000000000000000',
    },
    params: {},
    query: {},
    body: {
      event: 'invitee.created',
      created_at: '2026-03-09T14:00:00.000000Z',
      payload: {
        uri: 'https://calendly.example.com/scheduled_events/EV-1/invitees/INV-1',
        email: 'alex.morgan@example.com',
        name: 'Alex Morgan',
        status: 'active',
        rescheduled: false,
        old_invitee: null,
        new_invitee: null,
        text_reminder_number: '+1 202-555-0126',
        timezone: 'America/New_York',
        tracking: { utm_content: 'r1_example' },
        scheduled_event: {
          uri: 'https://calendly.example.com/scheduled_events/EV-1',
          name: 'Cleaning',
          start_time: '2026-03-11T19:00:00.000000Z',
          end_time: '2026-03-11T19:30:00.000000Z',
        },
      },
    },
    webhookUrl: 'https://n8n.example.com/webhook/leadloop/appointment',
    executionMode: 'production',
  },
  'Visit Results': {
    headers: {
      host: 'n8n.example.com',
      'content-type': 'application/json',
      'x-leadloop-secret': 'an example secret',
    },
    params: {},
    query: {},
    body: { appointment_id: '01990000-0000-7000-8000-000000000001', status: 'completed' },
    webhookUrl: 'https://n8n.example.com/webhook/leadloop/visit',
    executionMode: 'production',
  },
};
