import type { FakeMode } from '../../fakes/openai.js';
import type { Execution, Json } from './executions.js';
import type { Stage } from './stage.js';

/** What a node said of its first item, whichever output it left through. */
export function said(execution: Execution, node: string): Json {
  const item = execution.outputs(node).flat()[0];
  if (item === undefined) throw new Error(`${node} gave nothing; ran: ${execution.ran.join(', ')}`);
  return item;
}

/** The response leads with a phone. */
export async function leadsOf(stage: Stage, phone: string): Promise<Json[]> {
  const query = `kind=response&q=${encodeURIComponent(phone)}`;
  const { data } = await stage.call('GET', `/leads?${query}`);
  return data as Json[];
}

/** The one task of a lead. */
export async function taskOf(stage: Stage, lead: Json | undefined): Promise<Json> {
  const { data } = await stage.call('GET', `/tasks?lead_id=${String(lead?.id)}`);
  if (data.length !== 1) throw new Error(`There are ${data.length} tasks.`);
  return data[0] as Json;
}

/** Texts that Twilio took for a number. */
export const textsTo = (stage: Stage, phone: string): unknown[] =>
  stage.twilio.messages.filter(({ to }) => to === phone);

/** Remembers where the chat is; what it has been told since then comes back. */
export function tellChat(stage: Stage): () => string[] {
  const from = stage.chat.requests.length;
  return () =>
    stage.chat.requests.slice(from).map(({ body }) => (JSON.parse(body) as { text: string }).text);
}

export type Score = 'book_now' | 'follow_up' | 'low_quality';

const SCORES = { book_now: 92, follow_up: 60, low_quality: 10 };

/** A model that decides so. */
export const scored = (decision: Score): FakeMode => ({
  kind: 'answer',
  answer: { reason: 'The test said so.', score: SCORES[decision], decision },
});
