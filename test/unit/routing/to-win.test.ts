import fc from 'fast-check';
import {
  decide,
  DEFAULT_RULES,
  expandDecision,
  prepareOrders,
} from '../../../scoring-service/src/routing/engine/index.js';
import type { RoutingOrder } from '../../../scoring-service/src/routing/engine/index.js';
import { explain, lacked } from './explain.js';
import { plainConsidered, plainParts } from './reference.js';
import { aLead, anOrder, leads, orderLists } from './support.js';

describe('the gates an order failed', () => {
  test('say what was there and what was asked for', () => {
    const order: Partial<RoutingOrder> = {
      status: 'paused',
      broker_status: 'paused',
      leads_remaining: 0,
      verticals: ['SBA'],
      credit_score_min: 700,
      loan_min: 60_000,
      loan_max: 40_000,
    };
    expect(lacked(order, { credit_score: 610 }).gates).toEqual([
      { code: 'order_not_active', have: 'paused', need: 'active' },
      { code: 'broker_not_active', have: 'paused', need: 'active' },
      { code: 'no_capacity', have: 0, need: 1 },
      { code: 'vertical_mismatch', have: 'MCA', need: ['SBA'] },
      { code: 'credit_tier_680', have: 610, need: 680 },
      { code: 'credit_below_minimum', have: 610, need: 700 },
      { code: 'loan_below_minimum', have: 50_000, need: 60_000 },
      { code: 'loan_above_maximum', have: 50_000, need: 40_000 },
    ]);
  });
});

describe('the points an order was short', () => {
  test('are the distance of its total from the winning one', () => {
    const toWin = lacked({ id: 'a' }, {}, { priority: 'high' });
    expect(toWin.points_short).toBeCloseTo(8, 9);
    expect(toWin.tie_break).toBeNull();
  });

  test('are counted as if its gates had passed, and never below zero', () => {
    expect(lacked({ broker_status: 'paused' }, {}, { priority: 'high' }).points_short).toBeCloseTo(
      8,
      9,
    );
    expect(lacked({ broker_status: 'paused', priority: 'high' }, {}, {}).points_short).toBe(0);
  });

  test('agree with the rules written out plainly', () => {
    fc.assert(
      fc.property(leads, orderLists(8, 1), (lead, list) => {
        const best = plainConsidered(lead, list).find((p) => p.failed.length === 0);
        for (const [id, toWin] of explain(lead, list)) {
          if (toWin === null) {
            expect(id).toBe(best?.order.id);
            continue;
          }
          const order = list.find((o) => o.id === id) ?? anOrder();
          const total = plainParts(lead, order).reduce((sum, part) => sum + part, 0);
          const short = best === undefined ? 0 : Math.max(0, best.total - total);
          expect(toWin.points_short).toBeCloseTo(short, 9);
        }
      }),
    );
  });
});

describe('the tie-break an order lost by', () => {
  test.each<[string, Partial<RoutingOrder>, Partial<RoutingOrder>]>([
    [
      'lower_fill_rate',
      { total_leads: 300, leads_delivered: 255 },
      { total_leads: 300, leads_delivered: 205 },
    ],
    ['least_recently_assigned', { last_assigned_at: 1 }, {}],
    ['smallest_id', { id: 'z' }, {}],
  ])('can be %s', (code, order, winner) => {
    const toWin = lacked(order, {}, winner);
    expect(toWin.tie_break).toBe(code);
    expect(toWin.points_short).toBeCloseTo(0, 9);
  });

  test('is none for an order that failed a gate', () => {
    expect(lacked({ broker_status: 'paused' }, {}, {}).tie_break).toBeNull();
  });
});

describe('an expanded decision', () => {
  test('is the same from plain stored numbers and a book made again', () => {
    const list = [
      anOrder({ id: 'a', broker_status: 'paused' }),
      anOrder({ id: 'b', priority: 'high', leads_delivered: 85 }),
      anOrder({ id: 'c', verticals: ['SBA'] }),
    ];
    const book = prepareOrders(list);
    const decision = decide(aLead(), book, DEFAULT_RULES);
    const first = expandDecision(decision, book, aLead(), DEFAULT_RULES);
    const stored = {
      status: decision.status,
      winner: decision.winner,
      considered: decision.considered,
      masks: [...decision.masks],
      scores: [...decision.scores],
      fills: [...decision.fills],
    };
    book.recordAssignment(decision.winner, 1);
    expect(expandDecision(stored, prepareOrders(list), aLead(), DEFAULT_RULES)).toEqual(first);
    expect(first.map((c) => [c.order_id, c.selected])).toEqual([
      ['b', true],
      ['a', false],
      ['c', false],
    ]);
  });

  test('leaves the book and the decision as they were', () => {
    const list = [anOrder({ id: 'a' }), anOrder({ id: 'b', loan_min: 60_000 })];
    const book = prepareOrders(list);
    const decision = decide(aLead(), book, DEFAULT_RULES);
    const kept = structuredClone(decision);
    expandDecision(decision, book, aLead(), DEFAULT_RULES);
    expect(decision).toEqual(kept);
    expect(list.map((_, p) => book.order(p))).toEqual(list);
  });
});
