import { filled } from '../properties';
import { parseObject } from '../parameters';
import { routingFieldsOf } from '../lead-fields';
import { pathId } from '../ids';
import { perItem, type Operation } from '../run';
import { routedOutcome } from './routed';

/** Routes a waiting or rejected lead again. */
export const rerouteLead: Operation = perItem(async (run, item) => {
  const answer = await run.call({
    method: 'POST',
    path: `/leads/${pathId(run.parameters, 'leadId', 'Lead', item)}/reroute`,
    idempotencyKey: run.key(item),
  });
  return routedOutcome(answer, { simplify: run.parameters.flag('simplify', item), single: false });
});

/** Makes a linked distribution lead from a response lead and routes it. */
export const distributeLead: Operation = perItem(async (run, item) => {
  const { custom, ...additional } = run.parameters.group('additionalFields', item);
  const answer = await run.call({
    method: 'POST',
    path: `/leads/${pathId(run.parameters, 'leadId', 'Lead', item)}/distribute`,
    body: {
      ...parseObject(custom, 'Custom Fields'),
      ...routingFieldsOf(run.parameters, item),
      ...filled(additional),
    },
    idempotencyKey: run.key(item),
  });
  return routedOutcome(answer, { simplify: run.parameters.flag('simplify', item), single: false });
});
