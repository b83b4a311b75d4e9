import { overview, step } from './notes.mjs';

export const notes = [
  overview(`## Lead distribution
A GoHighLevel workflow posts a lead. **Order Router** scores it against every active order and assigns it to one broker; **CRM Deliver** hands it over. The answer says what happened, so that GoHighLevel can go on with it (for example transfer the call to broker_phone).

### Set up
1. Choose your **LeadLoop API** credential in Order Router and CRM Deliver.
2. Set **lead_secret** in **Settings** to something long and random. Without it everybody is refused.
3. Publish. In GoHighLevel add a **Custom Webhook** action: POST to the production address of **GoHighLevel Leads**, with the header X-LeadLoop-Secret, and the custom data vertical, credit_score, funding_amount, state.

### Settings
- **lead_secret**: what GoHighLevel sends as X-LeadLoop-Secret
- **notify_url**, **notify_field**: where a message for staff is posted, and in which field
- **dashboard_url**: LeadLoop's address as staff open it
- **say_…**: how messages begin

The pinned example has a secret of its own: set the same one to try it out.`),
  step(
    0,
    1,
    `### 1 · A lead comes in
**Settings** is the only node to edit.`,
  ),
  step(
    2,
    3,
    `### 2 · Is it ours?
Only a sender that knows the secret may add leads; each needs its contact id, which makes it unique.`,
  ),
  step(
    4,
    5,
    `### 3 · Assign and deliver
The delivery is held until **CRM Deliver** hands it over; if that never happens, LeadLoop sends it after ten minutes. It waits 10 seconds for the broker's CRM; its **Wait** changes that. Both are tried again under the same key: one lead, one assignment.`,
  ),
  step(
    6,
    7,
    `### 4 · Answer
Every path answers with JSON. 429 when LeadLoop is away, because GoHighLevel sends only that again. The error handler hears of it.`,
  ),
  step(
    8,
    9,
    `### 5 · Tell staff
About leads that nobody takes or gets. No address: the workflow ends quietly.`,
  ),
];

/** Made-up examples, pinned to the triggers for a look without sending anything. */
export const pins = {
  'GoHighLevel Leads': {
    headers: {
      host: 'n8n.example.com',
      'content-type': 'application/json',
      'x-leadloop-secret': 'an example secret',
    },
    params: {},
    query: {},
    body: {
      contact_id: 'exampleContact000002',
      first_name: 'Alex',
      last_name: 'Morgan',
      full_name: 'Alex Morgan',
      company_name: 'Example Bakery',
      email: 'alex.morgan@example.com',
      phone: '+12025550127',
      state: 'TX',
      location: { id: 'exampleLocation00001', name: 'Example Leads' },
      workflow: { id: 'exampleWorkflow00001', name: 'Qualified by phone' },
      customData: { vertical: 'MCA', credit_score: '680', funding_amount: '50000' },
    },
    webhookUrl: 'https://n8n.example.com/webhook/leadloop/leads',
    executionMode: 'production',
  },
};
