import type { Json, Stage } from './stage.js';
import type { Teller } from './tell.js';

/** Says which texts have gone out since it was asked last. */
export function texts(stage: Stage, tell: Teller): () => void {
  let seen = stage.twilio.messages.length;
  return () => {
    const fresh = stage.twilio.messages.slice(seen);
    seen = stage.twilio.messages.length;
    if (fresh.length === 0) tell.out('no text');
    for (const { to, body } of fresh) tell.out(`text to ${to}: “${body}”`);
  };
}

export const leadBy = async (stage: Stage, phone: string): Promise<Json> => {
  const found = await stage.get('/leads?kind=response&limit=200');
  return (found.data as Json[]).find((lead) => lead.phone === phone) ?? {};
};

export const lastMessage = async (stage: Stage, kind: string): Promise<Json> => {
  const found = await stage.get(`/messages?direction=outbound&kind=${kind}&limit=1`);
  return (found.data as Json[])[0] ?? {};
};

const taskText = (task: Json): string =>
  `task “${task.reason}” ${task.state}, due ${task.due_at}${task.outcome == null ? '' : `, outcome ${task.outcome}`}`;

export const tasksOf = async (stage: Stage, leadId: string): Promise<string> => {
  const { data } = await stage.get(`/tasks?lead_id=${leadId}`);
  return (data as Json[]).map(taskText).join('; ') || 'no task';
};
