import fc from 'fast-check';
import {
  createScratch,
  decide,
  DEFAULT_RULES,
  expandDecision,
  prepareOrders,
  rankedPositions,
} from '../../../scoring-service/src/routing/engine/index.js';
import type {
  RoutingLead,
  RoutingOrder,
} from '../../../scoring-service/src/routing/engine/index.js';
import { plainConsidered } from './reference.js';
import { aLead, anOrder, leads, orderLists } from './support.js';

function winnerId(
  lead: RoutingLead,
  orders: readonly RoutingOrder[],
  options = { hasActiveOrder: true },
): string | null {
  const book = prepareOrders(orders);
  const { winner } = decide(lead, book, DEFAULT_RULES, options);
  return winner === -1 ? null : book.order(winner).id;
}

describe('the winner', () => {
  const may = Date.UTC(2026, 4, 1);

  test('has the highest total', () => {
    const orders = [anOrder({ id: 'a' }), anOrder({ id: 'b', priority: 'high' })];
    expect(winnerId(aLead(), orders)).toBe('b');
  });

  test('of equal totals has the lowest fill rate', () => {
    // 85 % filled: 4.5 + 5 points; 68⅓ % filled: 9.5 points.
    const full = { total_leads: 300, leads_delivered: 255 };
    const less = { total_leads: 300, leads_delivered: 205 };
    expect(winnerId(aLead(), [anOrder({ id: 'a', ...full }), anOrder({ id: 'b', ...less })])).toBe(
      'b',
    );
    expect(winnerId(aLead(), [anOrder({ id: 'a', ...less }), anOrder({ id: 'b', ...full })])).toBe(
      'a',
    );
  });

  test('of equal fill rates is the least recently assigned, never assigned first', () => {
    const late = { last_assigned_at: may };
    const early = { last_assigned_at: 0 };
    expect(winnerId(aLead(), [anOrder({ id: 'a', ...late }), anOrder({ id: 'b', ...early })])).toBe(
      'b',
    );
    expect(winnerId(aLead(), [anOrder({ id: 'a', ...early }), anOrder({ id: 'b' })])).toBe('b');
  });

  test('of equals in everything has the smallest id by code unit', () => {
    expect(winnerId(aLead(), [anOrder({ id: 'b' }), anOrder({ id: 'a' })])).toBe('a');
    expect(winnerId(aLead(), [anOrder({ id: 'a' }), anOrder({ id: 'B' })])).toBe('B');
    expect(winnerId(aLead(), [anOrder({ id: 'o9' }), anOrder({ id: 'o10' })])).toBe('o10');
  });

  test('takes totals that differ by less than half a billionth for equal', () => {
    // 9.5 points for both but for one lead in 300 billion, which is worth 1e-10 points.
    const ahead = anOrder({ id: 'a', total_leads: 3e11, leads_delivered: 2.55e11 });
    const emptier = anOrder({ id: 'b', total_leads: 3e11, leads_delivered: 2.05e11 + 1 });
    const [total = 0, lower = 0] = [ahead, emptier].map(
      (order) => decide(aLead(), prepareOrders([order]), DEFAULT_RULES).scores[6],
    );
    expect(total).toBeGreaterThan(lower);
    expect(winnerId(aLead(), [ahead, emptier])).toBe('b');
    expect(winnerId(aLead(), [emptier, ahead])).toBe('b');
  });

  test('does not depend on the order of the input', () => {
    fc.assert(
      fc.property(
        leads,
        orderLists().chain((list) => fc.tuple(fc.constant(list), shuffled(list))),
        (lead, [list, other]) => {
          expect(winnerId(lead, other)).toBe(winnerId(lead, list));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('does not change when an order that loses is added', () => {
    fc.assert(
      fc.property(leads, orderLists(8, 1), (lead, list) => {
        const whole = winnerId(lead, list);
        const loser = list.find((order) => order.id !== whole);
        expect(
          winnerId(
            lead,
            list.filter((order) => order !== loser),
          ),
        ).toBe(whole);
      }),
      { numRuns: 500 },
    );
  });
});

function shuffled<T>(list: T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length });
}

describe('a decision', () => {
  test('agrees with the rules written out plainly', () => {
    fc.assert(
      fc.property(leads, orderLists(12, 1), (lead, list) => {
        const book = prepareOrders(list);
        const decision = decide(lead, book, DEFAULT_RULES, { hasActiveOrder: true });
        const plain = plainConsidered(lead, list);
        const positions = rankedPositions(decision, book);
        expect(positions.map((p) => book.order(p).id)).toEqual(plain.map((p) => p.order.id));
        const winner = plain.find((p) => p.failed.length === 0)?.order.id ?? null;
        expect(decision.winner === -1 ? null : book.order(decision.winner).id).toBe(winner);
        const considered = expandDecision(decision, book, lead, DEFAULT_RULES);
        considered.forEach((got, n) => {
          expect(got.failed_filters).toEqual(plain[n]?.failed);
          expect(got.fill_rate).toBe(plain[n]?.fill);
          const { total, ...parts } = got.score;
          expect(Object.values(parts)).toEqual(plain[n]?.parts);
          expect(total).toBe(plain[n]?.total);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('of a rejected lead looks at no order', () => {
    const book = prepareOrders([anOrder()]);
    const lead = aLead({ credit_score: 599 });
    const decision = decide(lead, book, DEFAULT_RULES);
    expect(decision).toMatchObject({
      status: 'rejected',
      winner: -1,
      considered: 0,
      reason_code: 'credit_too_low',
      reason: 'credit_too_low',
    });
    expect(expandDecision(decision, book, lead, DEFAULT_RULES)).toEqual([]);
  });

  test('rejects for want of active orders, though a paused broker leaves an order active', () => {
    const paused = prepareOrders([anOrder({ status: 'paused' })]);
    expect(decide(aLead(), paused, DEFAULT_RULES).reason_code).toBe('no_active_orders');
    const brokerPaused = prepareOrders([anOrder({ broker_status: 'paused' })]);
    expect(decide(aLead(), brokerPaused, DEFAULT_RULES).status).toBe('unassigned');
  });

  test('is unassigned when others have active orders and this book has none', () => {
    for (const orders of [[], [anOrder({ status: 'paused' })]]) {
      const decision = decide(aLead(), prepareOrders(orders), DEFAULT_RULES, {
        hasActiveOrder: true,
      });
      expect(decision).toMatchObject({
        status: 'unassigned',
        reason_code: 'no_active_orders',
        reason: 'no active order',
      });
    }
  });

  test('keeps its arrays when they are fresh and loses them to the next when they are scratch', () => {
    const book = prepareOrders([anOrder({ id: 'a' }), anOrder({ id: 'b', verticals: ['SBA'] })]);
    const kept = decide(aLead(), book, DEFAULT_RULES);
    const scratch = createScratch();
    const first = decide(aLead(), book, DEFAULT_RULES, { into: scratch });
    expect([...first.scores]).toEqual([...kept.scores]);
    const before = [...kept.masks];
    const second = decide(aLead({ vertical: 'SBA' }), book, DEFAULT_RULES, { into: scratch });
    expect(second.masks).toBe(first.masks);
    expect([...second.masks]).toEqual([8, 0]);
    expect([...kept.masks]).toEqual(before);
  });

  test('in scratch is as long as its book, whatever came before', () => {
    const scratch = createScratch();
    for (const size of [3, 1, 2, 5, 0, 5]) {
      const list = Array.from({ length: size }, (_, n) => anOrder({ id: String(n) }));
      const options = { into: scratch, hasActiveOrder: true };
      const decision = decide(aLead(), prepareOrders(list), DEFAULT_RULES, options);
      expect(decision.masks).toHaveLength(size);
      expect(decision.scores).toHaveLength(size * 7);
      expect(decision.fills).toHaveLength(size);
      expect(decision).toEqual(
        decide(aLead(), prepareOrders(list), DEFAULT_RULES, { hasActiveOrder: true }),
      );
    }
  });
});
