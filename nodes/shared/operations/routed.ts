import type { IDataObject } from 'n8n-workflow';

import { CallFailed, refusal, unknownAnswer } from '../failure';
import type { ItemOutcome } from '../outputs';

/** Outputs of a routed lead, in the order of the Order Router's branches. */
export const ROUTED = ['assigned', 'unassigned', 'rejected', 'duplicate'] as const;

export type Routed = (typeof ROUTED)[number];

function outcomeOf(answer: IDataObject): Routed {
  const assignment = answer.assignment as IDataObject | undefined;
  const status = answer.status ?? assignment?.status;
  const known = ROUTED.find((name) => name === status);
  if (known === undefined) throw new CallFailed(unknownAnswer('a known routing status', status));
  return known;
}

/**
 * A routing answer with the same members whatever the outcome was, so that one expression works on
 * every branch. Never has a key "error".
 */
function simplified(answer: IDataObject, status: Routed): IDataObject {
  const assignment = (answer.assignment ?? {}) as IDataObject;
  const broker = (answer.broker ?? {}) as IDataObject;
  const reason = assignment.reason ?? answer.reason ?? answer.message ?? null;
  const code =
    assignment.reason_code ?? answer.reason ?? (status === 'duplicate' ? 'duplicate' : null);
  return {
    lead_id: answer.lead_id,
    status,
    reason_code: code,
    reason,
    broker_id: assignment.broker_id ?? null,
    broker_name: broker.name ?? null,
    broker_phone: broker.phone ?? null,
    order_id: assignment.order_id ?? null,
    score: assignment.score ?? null,
    delivery_ids: assignment.delivery_ids ?? [],
    delivery_status: assignment.delivery_status ?? null,
  };
}

/**
 * What became of one routed lead. `single` puts every outcome on the first output, for the node
 * with one. An answer that is an error of its own (an invalid lead in a batch) is a failure.
 */
export function routedOutcome(
  answer: IDataObject | undefined,
  options: { simplify: boolean; single: boolean },
): ItemOutcome {
  if (answer === undefined) {
    return { failure: unknownAnswer('a result for each lead', 'too few') };
  }
  if (typeof answer.error === 'string') return { failure: refusal(400, answer) };
  const status = outcomeOf(answer);
  return {
    results: [
      {
        output: options.single ? 0 : ROUTED.indexOf(status),
        json: options.simplify ? simplified(answer, status) : { ...answer, status },
      },
    ],
  };
}
