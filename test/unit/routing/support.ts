import fc from 'fast-check';
import type {
  RoutingLead,
  RoutingOrder,
} from '../../../scoring-service/src/routing/engine/index.js';

/** An active order that takes anything, half delivered. */
export function anOrder(over: Partial<RoutingOrder> = {}): RoutingOrder {
  return {
    id: 'a',
    status: 'active',
    broker_status: 'active',
    verticals: ['MCA'],
    credit_score_min: 600,
    loan_min: null,
    loan_max: null,
    total_leads: 100,
    leads_delivered: 50,
    leads_remaining: 50,
    bonus_mode: false,
    priority: 'normal',
    last_assigned_at: null,
    ...over,
  };
}

/** A lead that such an order takes. */
export function aLead(over: Partial<RoutingLead> = {}): RoutingLead {
  return { credit_score: 720, funding_amount: 50_000, vertical: 'MCA', ...over };
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

/** Leads that pass the pre-flight check, with values around every threshold. */
export const leads: fc.Arbitrary<RoutingLead> = fc.record({
  credit_score: maybe(
    fc.oneof(
      fc.constantFrom(600, 601, 679, 680, 681, 849, 850),
      fc.integer({ min: 600, max: 850 }),
    ),
  ),
  funding_amount: fc.constantFrom(1, 9999.99, 10_000, 50_000, 100_000, 250_000.5),
  vertical: maybe(fc.constantFrom('MCA', ' mca ', 'SBA', 'Equipment', 'Other', 'all', ' ')),
});

/** Orders in every state, mostly open ones so that they compete. Ids are set by `orderLists`. */
const orders: fc.Arbitrary<RoutingOrder> = fc
  .record({
    id: fc.constant(''),
    status: fc.constantFrom('active', 'active', 'active', 'paused', 'completed', 'cancelled'),
    broker_status: fc.constantFrom('active', 'active', 'active', 'paused'),
    verticals: fc.constantFrom(
      ['MCA'],
      ['All'],
      ['mca ', 'SBA'],
      ['aLL', 'MCA'],
      ['Equipment'],
      [],
    ),
    credit_score_min: maybe(
      fc.oneof(
        fc.constantFrom(500, 599, 600, 640, 679, 680, 700, 849, 850),
        fc.integer({ min: 300, max: 850 }),
      ),
    ),
    loan_min: maybe(fc.constantFrom(0, 5000, 10_000)),
    loan_max: maybe(fc.constantFrom(0, 10_000, 100_000)),
    total_leads: fc.constantFrom(1, 5, 10, 20, 100),
    leads_delivered: fc.constantFrom(0, 1, 2, 8, 9, 10, 16, 30, 90),
    leads_remaining: fc.constantFrom(0, 1, 1, 2, 5),
    bonus_mode: fc.boolean(),
    priority: fc.constantFrom('normal', 'high'),
    last_assigned_at: maybe(fc.constantFrom(0, 1_767_225_600_000, 1_772_323_200_000)),
  })
  .map((order) => order as RoutingOrder);

/** Lists of orders with ids that are all different and in no particular order. */
export function orderLists(max = 12, min = 0): fc.Arbitrary<RoutingOrder[]> {
  return fc
    .tuple(
      fc.array(orders, { minLength: min, maxLength: max }),
      fc.shuffledSubarray(
        Array.from({ length: max }, (_, n) => `o${String(n)}`),
        { minLength: max, maxLength: max },
      ),
    )
    .map(([list, ids]) => list.map((order, n) => ({ ...order, id: ids[n] ?? '' })));
}
