import fc from 'fast-check';
import type {
  RoutingLead,
  RoutingOrder,
} from '../../../scoring-service/src/routing/engine/index.js';
import { explain, lacked } from './explain.js';
import { plainConsidered, plainFailures } from './reference.js';
import { anOrder, leads, orderLists } from './support.js';

describe('the single change', () => {
  test.each<
    [string, Partial<RoutingOrder>, Partial<RoutingLead>, Partial<RoutingOrder> | null, unknown]
  >([
    ['resumes an order', { status: 'paused' }, {}, null, { field: 'status', to: 'active' }],
    [
      'resumes a broker',
      { broker_status: 'paused' },
      {},
      null,
      { field: 'broker_status', to: 'active' },
    ],
    ['turns bonus mode on', { leads_remaining: 0 }, {}, null, { field: 'bonus_mode', to: true }],
    [
      'adds the vertical',
      { verticals: ['SBA'] },
      { vertical: ' MCA ' },
      null,
      { field: 'verticals', to: ['SBA', 'MCA'] },
    ],
    [
      'adds "All" for a lead without one',
      {},
      { vertical: null },
      null,
      { field: 'verticals', to: ['MCA', 'All'] },
    ],
    [
      'lowers the credit minimum to the lead',
      { credit_score_min: 740 },
      {},
      null,
      { field: 'credit_score_min', to: 720 },
    ],
    [
      'lowers it across the tiers',
      { credit_score_min: 740 },
      { credit_score: 650 },
      null,
      { field: 'credit_score_min', to: 650 },
    ],
    [
      'drops it for a lead of unknown credit',
      {},
      { credit_score: null },
      null,
      { field: 'credit_score_min', to: null },
    ],
    [
      'lowers the loan minimum to the lead',
      { loan_min: 60_000 },
      {},
      null,
      { field: 'loan_min', to: 50_000 },
    ],
    [
      'raises the loan maximum to the lead',
      { loan_max: 40_000 },
      {},
      null,
      { field: 'loan_max', to: 50_000 },
    ],
    ['is none when two fields stand in the way', { loan_max: 1, verticals: [] }, {}, null, null],
    ['raises the priority first', { id: 'z' }, {}, {}, { field: 'priority', to: 'high' }],
    [
      'then moves the credit minimum to the nearer tier that wins',
      { id: 'z', priority: 'high' },
      {},
      { priority: 'high' },
      { field: 'credit_score_min', to: 680 },
    ],
    [
      'raises the credit minimum into a tier when that is nearest',
      { credit_score_min: 590, priority: 'high' },
      { credit_score: 610 },
      { credit_score_min: 610, priority: 'high', last_assigned_at: 1 },
      { field: 'credit_score_min', to: 600 },
    ],
    [
      'drops the credit minimum when no tier would do',
      { id: 'z', priority: 'high' },
      { credit_score: 640 },
      { credit_score_min: null, priority: 'high', leads_delivered: 60 },
      { field: 'credit_score_min', to: null },
    ],
    [
      'opens a gate only if that would win',
      { broker_status: 'paused' },
      {},
      { priority: 'high' },
      null,
    ],
    [
      'goes below what the gate asks when the points ask for it',
      { credit_score_min: 760, last_assigned_at: 1 },
      {},
      { credit_score_min: 700 },
      { field: 'credit_score_min', to: 699 },
    ],
    [
      'raises the total when nothing nearer will do',
      { leads_delivered: 60, priority: 'high', credit_score_min: null },
      { credit_score: null },
      { priority: 'high', credit_score_min: null },
      { field: 'total_leads', to: 120 },
    ],
    [
      'raises the total to no more than a tie needs',
      { leads_delivered: 90, priority: 'high', credit_score_min: null, last_assigned_at: null },
      { credit_score: null },
      { priority: 'high', credit_score_min: null, leads_delivered: 85, last_assigned_at: 1 },
      { field: 'total_leads', to: 106 },
    ],
    [
      'raises the total by one when that wins',
      { id: 'z', priority: 'high', credit_score_min: null },
      { credit_score: null },
      { priority: 'high', credit_score_min: null },
      { field: 'total_leads', to: 101 },
    ],
    [
      'raises the total of an order barely begun',
      { id: 'z', leads_delivered: 5, priority: 'high', credit_score_min: null },
      { credit_score: null },
      { leads_delivered: 5, priority: 'high', credit_score_min: null },
      { field: 'total_leads', to: 101 },
    ],
    [
      'raises the total while the order does not come to count as barely begun',
      { leads_delivered: 60, priority: 'high', credit_score_min: null },
      { credit_score: null },
      { leads_delivered: 13, priority: 'high', credit_score_min: null },
      { field: 'total_leads', to: 462 },
    ],
    [
      'lowers the total of an order barely begun',
      { leads_delivered: 5, priority: 'high', credit_score_min: null },
      { credit_score: null },
      { leads_delivered: 15, priority: 'high', credit_score_min: null },
      { field: 'total_leads', to: 50 },
    ],
  ])('%s', (_, order, lead, winner, expected) => {
    expect(lacked(order, lead, winner ?? undefined).single_change).toEqual(expected);
  });

  test('makes the order win, every time', () => {
    fc.assert(
      fc.property(leads, orderLists(10, 1), (lead, list) => {
        for (const [id, toWin] of explain(lead, list)) {
          const change = toWin?.single_change;
          if (change == null) continue;
          const changed = list.map((o) => (o.id === id ? { ...o, [change.field]: change.to } : o));
          expect(plainConsidered(lead, changed)[0]?.order.id).toBe(id);
          expect(plainFailures(lead, changed.find((o) => o.id === id) ?? anOrder())).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is missing only when nothing an operator can set would have won', () => {
    fc.assert(
      fc.property(leads, orderLists(5, 1), (lead, list) => {
        for (const [id, toWin] of explain(lead, list)) {
          if (toWin === null || toWin.single_change !== null) continue;
          const order = list.find((o) => o.id === id) ?? anOrder();
          for (const change of everyChange(order, lead)) {
            const changed = list.map((o) => (o.id === id ? { ...o, ...change } : o));
            const first = plainConsidered(lead, changed)[0];
            expect(first?.order.id === id && first.failed.length === 0).toBe(false);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('of the credit minimum is the nearest that wins', () => {
    fc.assert(
      fc.property(leads, orderLists(5, 1), (lead, list) => {
        for (const [id, toWin] of explain(lead, list)) {
          const change = toWin?.single_change;
          if (change?.field !== 'credit_score_min') continue;
          const current = list.find((o) => o.id === id)?.credit_score_min ?? 0;
          const reach = change.to === null ? Infinity : Math.abs(change.to - current);
          for (let min = 600; min <= 850; min++) {
            if (Math.abs(min - current) >= reach) continue;
            const changed = list.map((o) => (o.id === id ? { ...o, credit_score_min: min } : o));
            const first = plainConsidered(lead, changed)[0];
            expect(first?.order.id === id && first.failed.length === 0).toBe(false);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

function* everyChange(order: RoutingOrder, lead: RoutingLead): Generator<Partial<RoutingOrder>> {
  yield { status: 'active' };
  yield { broker_status: 'active' };
  yield { bonus_mode: true };
  yield { leads_remaining: 1 };
  yield { verticals: ['All', ...order.verticals] };
  yield { priority: 'high' };
  for (const bound of [null, lead.funding_amount]) {
    yield { loan_min: bound };
    yield { loan_max: bound };
  }
  yield { credit_score_min: null };
  for (let min = 300; min <= 850; min++) yield { credit_score_min: min };
  const least = order.bonus_mode ? 1 : order.leads_delivered + 1;
  for (let total = least; total <= 1200; total++) yield { total_leads: total };
}
