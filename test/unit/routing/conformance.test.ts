import { readFileSync } from 'node:fs';
import {
  decide,
  DEFAULT_RULES,
  expandDecision,
  prepareOrders,
} from '../../../scoring-service/src/routing/engine/index.js';
import type {
  ConsideredOrder,
  Preflight,
  RoutingLead,
  RoutingOrder,
} from '../../../scoring-service/src/routing/engine/index.js';

interface Case {
  name: string;
  lead: Partial<RoutingLead>;
  orders: (Omit<RoutingOrder, 'last_assigned_at'> & { last_assigned_at: string | null })[];
  expect: {
    preflight: Preflight;
    status: string;
    order_id: string | null;
    considered: Omit<ConsideredOrder, 'to_win'>[];
  };
}

const cases = JSON.parse(
  readFileSync(new URL('../../fixtures/routing-cases.json', import.meta.url), 'utf8'),
) as Case[];

const blank: RoutingLead = { credit_score: null, funding_amount: null, vertical: null };

function numbersOf({ score, fill_rate }: Omit<ConsideredOrder, 'to_win'>): number[] {
  return [
    score.credit_fit,
    score.capacity,
    score.tier_match,
    score.loan_fit,
    score.priority_bonus,
    score.urgency_bonus,
    score.total,
    fill_rate,
  ];
}

describe('the routing cases', () => {
  test('are all there', () => {
    expect(cases.length).toBeGreaterThan(90);
  });

  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, { lead, orders, expect: want }) => {
    const given = { ...blank, ...lead };
    const book = prepareOrders(
      orders.map((order) => ({
        ...order,
        last_assigned_at:
          order.last_assigned_at === null ? null : Date.parse(order.last_assigned_at),
      })),
    );
    const decision = decide(given, book, DEFAULT_RULES);
    const considered = expandDecision(decision, book, given, DEFAULT_RULES);

    expect(decision.preflight).toEqual(want.preflight);
    expect(decision.status).toBe(want.status);
    const orderId = decision.winner === -1 ? null : book.order(decision.winner).id;
    expect(orderId).toBe(want.order_id);
    const words = (c: Omit<ConsideredOrder, 'to_win'>) => ({
      order_id: c.order_id,
      eligible: c.eligible,
      reason: c.reason,
      failed_filters: c.failed_filters,
      selected: c.selected,
    });
    expect(considered.map(words)).toEqual(want.considered.map(words));
    considered.forEach((got, n) => {
      const wanted = want.considered[n];
      if (wanted === undefined) throw new Error('compared above');
      const wantedNumbers = numbersOf(wanted);
      numbersOf(got).forEach((value, k) => {
        expect(Math.abs(value - (wantedNumbers[k] ?? NaN))).toBeLessThanOrEqual(1e-9);
      });
      expect(got.to_win === null).toBe(got.selected);
    });
  });
});
