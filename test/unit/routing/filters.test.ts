import {
  decide,
  DEFAULT_RULES,
  expandDecision,
  FILTERS,
  preflight,
  prepareOrders,
} from '../../../scoring-service/src/routing/engine/index.js';
import type {
  RoutingLead,
  RoutingOrder,
} from '../../../scoring-service/src/routing/engine/index.js';
import { aLead, anOrder } from './support.js';

function failures(lead: Partial<RoutingLead>, order: Partial<RoutingOrder>): string[] {
  const book = prepareOrders([anOrder(order)]);
  const given = aLead(lead);
  const decision = decide(given, book, DEFAULT_RULES, { hasActiveOrder: true });
  return expandDecision(decision, book, given, DEFAULT_RULES)[0]?.failed_filters ?? ['none seen'];
}

const both680 = ['credit_tier_680', 'credit_below_minimum'];

describe('the hard filters', () => {
  test('stand in the order in which the first failure is the reason', () => {
    expect(FILTERS.map((f) => f.code)).toEqual([
      'order_not_active',
      'broker_not_active',
      'no_capacity',
      'vertical_mismatch',
      'credit_tier_680',
      'credit_below_minimum',
      'loan_below_minimum',
      'loan_above_maximum',
    ]);
  });

  test.each<[string, Partial<RoutingLead>, Partial<RoutingOrder>, string[]]>([
    ['an active order passes', {}, {}, []],
    ['a paused order fails', {}, { status: 'paused' }, ['order_not_active']],
    ['a completed order fails', {}, { status: 'completed' }, ['order_not_active']],
    ['a cancelled order fails', {}, { status: 'cancelled' }, ['order_not_active']],
    ['a paused broker fails', {}, { broker_status: 'paused' }, ['broker_not_active']],
    ['one remaining lead is capacity', {}, { leads_remaining: 1 }, []],
    ['no remaining lead is none', {}, { leads_remaining: 0 }, ['no_capacity']],
    ['fewer than none is none', {}, { leads_remaining: -1 }, ['no_capacity']],
    ['bonus mode needs no capacity', {}, { leads_remaining: 0, bonus_mode: true }, []],
    ['another vertical fails', { vertical: 'SBA' }, {}, ['vertical_mismatch']],
    ['case and spaces do not matter', { vertical: ' mca' }, { verticals: ['MCA '] }, []],
    ['a part of a vertical is not it', { vertical: 'MC' }, {}, ['vertical_mismatch']],
    ['any listed vertical will do', { vertical: 'SBA' }, { verticals: ['MCA', 'SBA'] }, []],
    ['"All" takes any', { vertical: 'SBA' }, { verticals: ['MCA', ' aLL '] }, []],
    ['"All" takes an absent one', { vertical: null }, { verticals: ['All'] }, []],
    ['absent fits no list', { vertical: null }, {}, ['vertical_mismatch']],
    [
      'blank counts as absent',
      { vertical: '  ' },
      { verticals: ['', 'MCA'] },
      ['vertical_mismatch'],
    ],
    ['a lead of vertical "All" fits no list', { vertical: 'All' }, {}, ['vertical_mismatch']],
    ['no verticals take nothing', {}, { verticals: [] }, ['vertical_mismatch']],
    ['680 meets 680', { credit_score: 680 }, { credit_score_min: 680 }, []],
    ['679 misses 680 twice', { credit_score: 679 }, { credit_score_min: 680 }, both680],
    [
      '700 asks for 700',
      { credit_score: 699 },
      { credit_score_min: 700 },
      ['credit_below_minimum'],
    ],
    ['under 680 misses 700 twice', { credit_score: 679 }, { credit_score_min: 700 }, both680],
    ['679 meets 679', { credit_score: 679 }, { credit_score_min: 679 }, []],
    ['678 misses 679', { credit_score: 678 }, { credit_score_min: 679 }, ['credit_below_minimum']],
    ['unknown misses 680', { credit_score: null }, { credit_score_min: 680 }, both680],
    ['unknown misses 600', { credit_score: null }, {}, ['credit_below_minimum']],
    ['600 meets 600', { credit_score: 600 }, {}, []],
    ['unknown passes 599', { credit_score: null }, { credit_score_min: 599 }, []],
    ['unknown passes no minimum', { credit_score: null }, { credit_score_min: null }, []],
    ['the lower bound is inside', { funding_amount: 10_000 }, { loan_min: 10_000 }, []],
    [
      'just below it is not',
      { funding_amount: 9999.99 },
      { loan_min: 10_000 },
      ['loan_below_minimum'],
    ],
    ['the upper bound is inside', { funding_amount: 10_000 }, { loan_max: 10_000 }, []],
    [
      'just above it is not',
      { funding_amount: 10_000.01 },
      { loan_max: 10_000 },
      ['loan_above_maximum'],
    ],
    ['zero bounds are none', { funding_amount: 1 }, { loan_min: 0, loan_max: 0 }, []],
  ])('%s', (_, lead, order, expected) => {
    expect(failures(lead, order)).toEqual(expected);
  });

  test('are all recorded when all fail', () => {
    const order = {
      status: 'paused',
      broker_status: 'paused',
      leads_remaining: 0,
      verticals: ['SBA'],
      credit_score_min: 700,
      loan_min: 60_000,
      loan_max: 40_000,
    } as const;
    expect(failures({ credit_score: 610 }, order)).toEqual(FILTERS.map((f) => f.code));
  });
});

describe('the pre-flight check', () => {
  test.each<[string, Partial<RoutingLead>, boolean, string | null]>([
    ['passes a good lead', {}, true, null],
    ['rejects credit under the floor', { credit_score: 599 }, true, 'credit_too_low'],
    ['passes credit at the floor', { credit_score: 600 }, true, null],
    ['passes unknown credit', { credit_score: null }, true, null],
    ['rejects a missing amount', { funding_amount: null }, true, 'invalid_loan_amount'],
    ['rejects a zero amount', { funding_amount: 0 }, true, 'invalid_loan_amount'],
    ['rejects a negative amount', { funding_amount: -1 }, true, 'invalid_loan_amount'],
    ['rejects what is not a number', { funding_amount: NaN }, true, 'invalid_loan_amount'],
    ['passes the smallest amount', { funding_amount: 0.01 }, true, null],
    ['rejects when nothing is active', {}, false, 'no_active_orders'],
    ['looks at credit first', { credit_score: 599, funding_amount: null }, false, 'credit_too_low'],
    ['looks at the amount second', { funding_amount: null }, false, 'invalid_loan_amount'],
  ])('%s', (_, lead, active, reason) => {
    expect(preflight(aLead(lead), active, DEFAULT_RULES)).toEqual({
      passed: reason === null,
      reason,
    });
  });

  test('takes its floor from the rules', () => {
    const lead = aLead({ credit_score: 640 });
    expect(preflight(lead, true, { credit_floor: 650 }).reason).toBe('credit_too_low');
    expect(preflight(lead, true, { credit_floor: 500 }).passed).toBe(true);
  });
});
