import { overview, step } from './notes.mjs';

export const notes = [
  overview(
    `## Error handler
The other LeadLoop workflows name this one as their **error workflow**: when one of them fails (LeadLoop was away, a credential is wrong, a message could not be posted), n8n runs this one with the error. It tells staff, without flooding them.

### Set up
1. Import it **first**, so that the others find it by its id.
2. Set **notify_url** in **Settings**: best an address that works when everything else does not.
3. Publish it.

### Settings
- **quiet_minutes**: how long the same failure is not told again; 0 tells each
- **notify_url**, **notify_field**: where a message is posted, and in which field ("text" for Slack and Mattermost, "content" for Discord)
- **say_first**: how messages begin

Nothing is lost by a failure: senders were asked to send again, and what LeadLoop has stored it finishes by itself.`,
    480,
  ),
  step(
    0,
    1,
    `### 1 · A workflow failed
n8n starts this by itself. **Settings** is the only node to edit.`,
  ),
  step(
    2,
    4,
    `### 2 · What, and not too often
An outage fails every call: the same failure at the same node is told once in ten minutes. When n8n's memory for that is full, it begins anew.`,
  ),
  step(
    5,
    7,
    `### 3 · Tell staff
No address: the failure is still among n8n's executions. Put your chat or e-mail node in the place of the last one.`,
  ),
];

/** Made-up examples, pinned to the triggers for a look without sending anything. */
export const pins = {
  'Error Trigger': {
    execution: {
      id: '231',
      url: 'https://n8n.example.com/workflow/LLmissedCall0001/executions/231',
      error: {
        message:
          'A call could not be stored, its sender was asked to send it again. Item 0: LeadLoop at http://leadloop.example.com:4100 refused the connection',
      },
      lastNodeExecuted: 'Call Not Stored',
      mode: 'webhook',
    },
    workflow: { id: 'LLmissedCall0001', name: 'LeadLoop: Missed Call' },
  },
};
