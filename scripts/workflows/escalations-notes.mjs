import { overview, step } from './notes.mjs';

export const notes = [
  overview(
    `## Escalations
LeadLoop tells this workflow what a person should know: a callback that waits or is late, a lead that nobody takes or gets, a provider that fails and recovers. It tells your staff, once each.

### Set up
1. Choose your **LeadLoop API** credential in LeadLoop Trigger. Its key needs the scopes read and operate.
2. Edit **Settings**, above all **notify_url**.
3. Publish: the trigger subscribes by itself. LeadLoop must be able to reach n8n's address (WEBHOOK_URL).

### Settings
- **quiet_about**: events to keep quiet about, such as "task.created, provider.recovered". With an address set in the other workflows too, staff would hear of a new task twice: keep quiet about it here, or leave theirs empty
- **notify_url**, **notify_field**: where a message is posted, and in which field ("text" for Slack and Mattermost, "content" for Discord)
- **dashboard_url**: LeadLoop's address as staff open it
- **say_first**: how messages begin

Messages hold no names and no numbers: they link to the lead.`,
  ),
  step(
    0,
    2,
    `### 1 · LeadLoop tells
Every event is signed, and sent again until n8n has it: while n8n is away nothing is lost. **Settings** is the only node to edit.`,
  ),
  step(
    3,
    5,
    `### 2 · Once each
A redelivery has the same webhook_id and ends at **First Time**. When n8n's memory for that is full, it begins anew.`,
  ),
  step(
    6,
    6,
    `### 3 · In words
One message per kind of event: change the texts here.`,
  ),
  step(
    7,
    8,
    `### 4 · Tell staff
Put your chat or e-mail node in the place of the last one, or send kinds of events to different people.`,
  ),
];

/** Made-up examples, pinned to the triggers for a look without sending anything. */
export const pins = {
  'LeadLoop Trigger': {
    id: '01990000-0000-7000-8000-000000000010',
    type: 'task.escalated',
    occurred_at: '2026-03-09T14:15:00.000Z',
    data: {
      task_id: '01990000-0000-7000-8000-000000000011',
      lead_id: '01990000-0000-7000-8000-000000000012',
      business_id: '01990000-0000-7000-8000-000000000013',
      reason: 'missed_call',
      state: 'escalated',
      owner_id: null,
      due_at: '2026-03-09T14:30:00.000Z',
      needs_review: false,
      outcome: null,
      step: 1,
      to_staff_id: null,
    },
    webhook_id: '01990000-0000-7000-8000-000000000010',
  },
};
