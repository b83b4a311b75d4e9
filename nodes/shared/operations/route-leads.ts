import type { IDataObject } from 'n8n-workflow';

import { attempt } from '../failure';
import { leadOf } from '../lead-fields';
import type { ItemOutcome } from '../outputs';
import type { Operation, Run } from '../run';
import { routedOutcome } from './routed';

const CHUNK = 100;

interface Sent {
  item: number;
  lead: IDataObject;
  hold: boolean;
}

async function send(
  run: Run,
  batch: readonly Sent[],
  hold: boolean,
): Promise<Map<number, IDataObject>> {
  const [first] = batch;
  if (first === undefined) return new Map();
  const answer = await run.call({
    method: 'POST',
    path: '/leads/incoming/batch',
    query: hold ? { delivery: 'hold' } : undefined,
    body: { leads: batch.map(({ lead }) => lead) },
    idempotencyKey: run.key(first.item),
  });
  const results = (answer.results ?? []) as IDataObject[];
  return new Map(
    batch.flatMap(({ item }, index): [number, IDataObject][] => {
      const result = results[index];
      return result === undefined ? [] : [[item, result]];
    }),
  );
}

/**
 * Takes in leads and routes them, a hundred to a request. A batch is one idempotency key and one
 * transaction: repeated, it gives the same answers and no second lead.
 */
export function routeLeads(options: { single: boolean }): Operation {
  return {
    chunkSize: CHUNK,
    async run(run, chunk) {
      const { parameters } = run;
      const prepared = chunk.map((item) =>
        attempt((): Sent => ({
          item,
          lead: leadOf(parameters, item),
          hold: parameters.group('options', item).holdDelivery === true,
        })),
      );
      if (!run.context.continueOnFail() && prepared.some((one) => 'failure' in one)) {
        // The node ends at the item that cannot be sent; nothing of its chunk has gone out.
        return prepared.map((one): ItemOutcome => ('failure' in one ? one : { results: [] }));
      }
      const leads = prepared.flatMap((one) => ('value' in one ? [one.value] : []));
      const answers = new Map([
        ...(await send(
          run,
          leads.filter(({ hold }) => !hold),
          false,
        )),
        ...(await send(
          run,
          leads.filter(({ hold }) => hold),
          true,
        )),
      ]);
      return prepared.map((one): ItemOutcome => {
        if ('failure' in one) return one;
        const { item } = one.value;
        return routedOutcome(answers.get(item), {
          simplify: parameters.flag('simplify', item),
          single: options.single,
        });
      });
    },
  };
}
