import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { attempt, CallFailed, refusal, unknownAnswer, unusable, type Failure } from '../failure';
import { firstOf } from '../item-field';
import type { ItemOutcome, Result } from '../outputs';
import type { Parameters } from '../parameters';
import { pick, textList } from '../properties';
import { perItem, type Operation, type Run } from '../run';

const CHUNK = 100;
const MAX_WAIT_S = 30;

/** The branch of each status, by the index of CRM Deliver's outputs. */
const BRANCH: Record<string, number> = {
  sent: 0,
  pending: 1,
  queued: 1,
  held: 1,
  failed: 2,
  cancelled: 2,
};
const FAILED = 2;

const SIMPLE = [
  'lead_id',
  'broker_id',
  'order_id',
  'status',
  'reason_code',
  'release_at',
  'next_attempt_at',
  'sent_at',
] as const;

export const deliveryProperty: INodeProperties = {
  displayName: 'Delivery IDs',
  name: 'deliveryIds',
  type: 'string',
  required: true,
  default: firstOf('delivery_ids', 'assignment.delivery_ids', 'delivery_id'),
  placeholder: 'e.g. 0197a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b',
  description:
    'The deliveries of the assignment, as one ID, a comma-separated list or an array. The default takes them from the Order Router.',
};

export const waitProperty: INodeProperties = {
  displayName: 'Wait for the Result (Seconds)',
  name: 'waitSeconds',
  type: 'number',
  typeOptions: { minValue: 0 },
  default: 10,
  description: "How long LeadLoop may wait for the broker's CRM, from 0 to 30",
};

/** The deliveries that an item names. An empty list means an assignment without a channel. */
function deliveryIds(parameters: Parameters, item: number): string[] {
  const value = parameters.value('deliveryIds', item);
  if (value === undefined || value === null || value === '') {
    throw new CallFailed(
      unusable(
        'The item names no delivery',
        'Map "Delivery IDs" to the field that holds them, such as delivery_ids of the Order Router.',
      ),
    );
  }
  return textList(value);
}

const noChannel = (): Result => ({
  output: FAILED,
  json: {
    delivery_id: null,
    status: 'failed',
    reason_code: 'no_channel',
    reason: 'The broker has no CRM webhook, so nothing was to be sent',
  },
});

function lastAttempt(delivery: IDataObject): IDataObject {
  const attempts = (delivery.attempts ?? []) as IDataObject[];
  const last = attempts.at(-1);
  return {
    attempts: attempts.length,
    last_http_status: last?.http_status ?? null,
    last_outcome: last?.outcome ?? null,
  };
}

function branched(delivery: IDataObject | undefined, simplify: boolean): Result | Failure {
  if (delivery === undefined) return unknownAnswer('a result for each delivery', 'too few');
  if (typeof delivery.error === 'string') return refusal(404, delivery);
  const output = BRANCH[String(delivery.status)];
  if (output === undefined) return unknownAnswer('a known delivery status', delivery.status);
  return {
    output,
    json: simplify
      ? { delivery_id: delivery.id, ...pick(delivery, SIMPLE), ...lastAttempt(delivery) }
      : { ...delivery, delivery_id: delivery.id },
  };
}

/** An item's outcome from its deliveries. */
function outcomeOf(
  deliveries: readonly (IDataObject | undefined)[],
  options: { simplify: boolean; single: boolean },
): ItemOutcome {
  const results = deliveries.length === 0 ? [noChannel()] : [];
  for (const delivery of deliveries) {
    const result = branched(delivery, options.simplify);
    if (!('json' in result)) return { failure: result };
    results.push(result);
  }
  return {
    results: options.single ? results.map((result) => ({ ...result, output: 0 })) : results,
  };
}

function waitMs(parameters: Parameters, item: number): number {
  const seconds = Number(parameters.value('waitSeconds', item) ?? 0);
  return Math.round(
    Math.min(MAX_WAIT_S, Math.max(0, Number.isFinite(seconds) ? seconds : 0)) * 1000,
  );
}

async function dispatch(
  run: Run,
  ids: readonly string[],
  first: number,
): Promise<Map<string, IDataObject>> {
  const found = new Map<string, IDataObject>();
  for (let from = 0; from < ids.length; from += CHUNK) {
    const part = ids.slice(from, from + CHUNK);
    const wait = waitMs(run.parameters, first);
    const answer = await run.call({
      method: 'POST',
      path: '/deliveries/dispatch',
      body: { ids: part, wait_ms: wait },
      idempotencyKey: from === 0 ? run.key(first) : `${run.key(first)}:${from}`,
      waitsMs: wait,
    });
    const results = (answer.data ?? []) as IDataObject[];
    results.forEach((delivery, index) => {
      const id = part[index];
      if (id !== undefined) found.set(id, delivery);
    });
  }
  return found;
}

/** Hands deliveries over now and waits, in the service, for what becomes of them. */
export function deliver(options: { single: boolean }): Operation {
  return {
    chunkSize: CHUNK,
    async run(run, chunk) {
      const named = chunk.map((item) => attempt(() => deliveryIds(run.parameters, item)));
      if (!run.context.continueOnFail() && named.some((one) => 'failure' in one)) {
        return named.map((one): ItemOutcome => ('failure' in one ? one : { results: [] }));
      }
      const ids = [...new Set(named.flatMap((one) => ('value' in one ? one.value : [])))];
      const [first = 0] = chunk;
      const found = await dispatch(run, ids, first);
      return named.map((one, index): ItemOutcome => {
        if ('failure' in one) return one;
        const simplify = run.parameters.flag('simplify', chunk[index] ?? first);
        return outcomeOf(
          one.value.map((id) => found.get(id)),
          { simplify, single: options.single },
        );
      });
    },
  };
}

function eachDelivery(
  ask: (run: Run, id: string, item: number) => Promise<IDataObject>,
): Operation {
  return perItem(async (run, item) => {
    const deliveries: IDataObject[] = [];
    for (const id of deliveryIds(run.parameters, item)) {
      deliveries.push(await ask(run, encodeURIComponent(id), item));
    }
    return outcomeOf(deliveries, {
      simplify: run.parameters.flag('simplify', item),
      single: false,
    });
  });
}

/** Reads deliveries as they stand. */
export const deliveryStatus: Operation = {
  ...eachDelivery((run, id) => run.call({ method: 'GET', path: `/deliveries/${id}` })),
  parallel: 4,
};

/** Tries failed deliveries again. */
export const retryDelivery: Operation = eachDelivery((run, id, item) =>
  run.call({
    method: 'POST',
    path: `/deliveries/${id}/retry`,
    idempotencyKey: `${run.key(item)}:${id}`,
  }),
);
