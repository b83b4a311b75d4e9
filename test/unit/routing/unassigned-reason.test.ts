import {
  decide,
  DEFAULT_RULES,
  prepareOrders,
  unassignedReason,
} from '../../../scoring-service/src/routing/engine/index.js';
import type { RoutingOrder } from '../../../scoring-service/src/routing/engine/index.js';
import { aLead, anOrder } from './support.js';

const vertical = { verticals: ['SBA'] };
const credit = { credit_score_min: 675 };
const loan = { loan_min: 60_000 };
const paused = { broker_status: 'paused' } as const;
const spent = { leads_remaining: 0 };

describe('the reason for no assignment', () => {
  test.each<[string, Partial<RoutingOrder>[], string, string]>([
    [
      'is the vertical when every order failed on it',
      [vertical, { ...vertical, ...credit }, { ...vertical, ...paused, ...spent }],
      'vertical_mismatch',
      'no matching order for vertical',
    ],
    [
      'is what the closest order failed on, however many failed on the vertical',
      [{ ...vertical, ...loan }, { ...vertical, ...loan }, credit],
      'credit_below_minimum',
      'no matching order for credit score',
    ],
    [
      'can be the upper credit tier',
      [{ credit_score_min: 700 }],
      'credit_tier_680',
      'no matching order for credit score',
    ],
    [
      'can be the lower loan bound',
      [loan],
      'loan_below_minimum',
      'no matching order for funding amount',
    ],
    [
      'can be the upper loan bound',
      [{ loan_max: 10 }],
      'loan_above_maximum',
      'no matching order for funding amount',
    ],
    ['can be capacity', [spent], 'no_capacity', 'no order with remaining capacity'],
    ['can be the broker', [paused], 'broker_not_active', 'no active broker'],
    [
      'is what most of the closest orders failed on',
      [paused, loan, loan],
      'loan_below_minimum',
      'no matching order for funding amount',
    ],
    [
      'is the earlier filter when as many failed on either',
      [loan, paused],
      'broker_not_active',
      'no active broker',
    ],
    [
      'ignores orders that are not active',
      [
        { status: 'paused' },
        { status: 'completed', ...spent },
        { ...loan, ...credit, ...vertical },
      ],
      'vertical_mismatch',
      'no matching order for vertical',
    ],
    [
      'does not call it the vertical because a paused order failed on it too',
      [{ ...vertical, status: 'paused' }, loan],
      'loan_below_minimum',
      'no matching order for funding amount',
    ],
  ])('%s', (_, orders, code, text) => {
    const lead = aLead({ credit_score: 670 });
    const book = prepareOrders(orders.map((over, n) => anOrder({ id: String(n), ...over })));
    const decision = decide(lead, book, DEFAULT_RULES);
    expect(decision).toMatchObject({ status: 'unassigned', reason_code: code, reason: text });
  });

  test('reads stored masks as well', () => {
    expect(unassignedReason([1, 8, 8]).code).toBe('vertical_mismatch');
    expect(unassignedReason([1, 1]).code).toBe('no_active_orders');
    expect(unassignedReason([8 | 2, 8 | 2]).code).toBe('vertical_mismatch');
    expect(unassignedReason([8 | 2, 8 | 2, 4]).code).toBe('no_capacity');
  });
});
