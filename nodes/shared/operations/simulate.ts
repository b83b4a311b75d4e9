import type { IDataObject } from 'n8n-workflow';

import { unknownAnswer } from '../failure';
import { routingFieldsOf } from '../lead-fields';
import { parseList } from '../parameters';
import { perItem, type Operation } from '../run';
import { ROUTED } from './routed';

const PARALLEL = 4;

/** The decision and, per order, what an operator asks first: eligible, why not, its points. */
function simplified(simulation: IDataObject): IDataObject {
  const decision = (simulation.decision ?? {}) as IDataObject;
  const considered = (simulation.considered ?? []) as IDataObject[];
  const winner = considered.find(({ selected }) => selected === true);
  return {
    status: decision.status,
    order_id: decision.order_id ?? null,
    reason_code: decision.reason_code ?? null,
    score: (winner?.score as IDataObject | undefined)?.total ?? null,
    considered: considered.map((order) => ({
      order_id: order.order_id,
      eligible: order.eligible,
      reason_code: order.reason ?? null,
      score: (order.score as IDataObject | undefined)?.total ?? null,
      selected: order.selected,
      single_change: (order.to_win as IDataObject | null | undefined)?.single_change ?? null,
    })),
  };
}

/** Says where a lead would go and why; nothing is stored and no capacity is used. */
export const simulateRouting: Operation = perItem(async ({ parameters, call }, item) => {
  const options = parameters.group('options', item);
  const body: IDataObject = { lead: routingFieldsOf(parameters, item) };
  const orders = parseList(options.orders, 'Orders');
  if (orders.length > 0) body.orders = orders;
  if (typeof options.at === 'string' && options.at !== '') body.at = options.at;
  const simulation = await call({ method: 'POST', path: '/routing/simulate', body });
  const { status } = (simulation.decision ?? {}) as IDataObject;
  const output = ROUTED.findIndex((name) => name === status);
  if (output === -1) return { failure: unknownAnswer('a known decision', status) };
  const json = parameters.flag('simplify', item)
    ? simplified(simulation)
    : { ...simulation, status };
  return { results: [{ output, json }] };
}, PARALLEL);
