import {
  COMPONENTS,
  decide,
  DEFAULT_RULES,
  prepareOrders,
  scoreAt,
} from '../../../scoring-service/src/routing/engine/index.js';
import type {
  RoutingLead,
  RoutingOrder,
  ScoreBreakdown,
} from '../../../scoring-service/src/routing/engine/index.js';
import { scorePicked } from '../../../scoring-service/src/routing/engine/score.js';
import { viewLead } from '../../../scoring-service/src/routing/engine/lead-view.js';
import { aLead, anOrder } from './support.js';

/** The points of one order, gates aside. */
function points(lead: Partial<RoutingLead>, order: Partial<RoutingOrder>): ScoreBreakdown {
  const book = prepareOrders([anOrder(order)]);
  const scores = new Float64Array(COMPONENTS.length + 1);
  const view = viewLead(aLead(lead), book.verticalRefusals('MCA'));
  scorePicked(view, book, Int32Array.of(0), 1, scores);
  return scoreAt(scores, 0);
}

describe('credit fit', () => {
  test.each<[string, number | null, number | null, number]>([
    ['grows from the minimum', 600, 600, 0],
    ['is a share of what lies above the minimum', 720, 600, 19.2],
    ['is full at the top', 850, 600, 40],
    ['is full without a minimum', 610, null, 40],
    ['counts a minimum under 600', 600, 350, 20],
    ['is nothing for unknown credit', null, 500, 0],
    ['is nothing for unknown credit without a minimum', null, null, 0],
    ['is nothing when the minimum is the top', 850, 850, 0],
    ['is nothing when the minimum is over the top', 850, 900, 0],
    ['is full one point under the top', 850, 849, 40],
    ['never falls under nothing', 600, 700, 0],
    ['never exceeds its maximum', 900, 600, 40],
  ])('%s', (_, credit, min, expected) => {
    const got = points({ credit_score: credit }, { credit_score_min: min }).credit_fit;
    expect(got).toBeCloseTo(expected, 12);
  });
});

describe('capacity', () => {
  test.each<[string, number, number, number]>([
    ['is full for an untouched order', 0, 10, 30],
    ['falls with the fill rate', 5, 10, 15],
    ['is nothing for a full order', 10, 10, 0],
    ['is nothing for an overfilled order', 15, 10, 0],
  ])('%s', (_, leads_delivered, total_leads, expected) => {
    expect(points({}, { leads_delivered, total_leads }).capacity).toBeCloseTo(expected, 12);
  });
});

describe('tier match', () => {
  test.each<[number | null, number | null, number]>([
    [680, 680, 20],
    [850, 850, 20],
    [679, 679, 20],
    [600, 600, 20],
    [679, 600, 20],
    [680, 679, 10],
    [680, 600, 10],
    [680, 599, 0],
    [679, 680, 0],
    [679, 599, 0],
    [599, 600, 0],
    [599, 599, 0],
    [null, 600, 0],
    [null, 680, 0],
    [680, null, 0],
    [null, null, 0],
  ])('of credit %p and minimum %p is %p', (credit_score, credit_score_min, expected) => {
    expect(points({ credit_score }, { credit_score_min }).tier_match).toBe(expected);
  });
});

describe('loan fit', () => {
  test.each<[string, number | null, number | null, number | null, number]>([
    ['is full without bounds', 1, null, null, 10],
    ['is full without bounds for an unknown amount', null, null, 0, 10],
    ['is full on the lower bound', 100, 100, null, 10],
    ['is full on the upper bound', 200, 100, 200, 10],
    ['is nothing under the lower bound', 99, 100, null, 0],
    ['is nothing over the upper bound', 201, null, 200, 0],
    ['is nothing for an unknown amount and a lower bound', null, 100, null, 0],
    ['is nothing for an unknown amount and an upper bound', null, null, 200, 0],
  ])('%s', (_, funding_amount, loan_min, loan_max, expected) => {
    expect(points({ funding_amount }, { loan_min, loan_max }).loan_fit).toBe(expected);
  });
});

describe('the bonuses', () => {
  test('high priority is worth 8', () => {
    expect(points({}, { priority: 'high' }).priority_bonus).toBe(8);
    expect(points({}, { priority: 'normal' }).priority_bonus).toBe(0);
  });

  test.each<[number, number, number]>([
    [80, 100, 0],
    [81, 100, 5],
    [100, 100, 5],
    [120, 100, 5],
    [10, 100, 0],
    [9, 100, -5],
    [0, 100, -5],
    [1, 10, 0],
    [4, 5, 0],
  ])('%p of %p delivered is worth %p for urgency', (leads_delivered, total_leads, expected) => {
    expect(points({}, { leads_delivered, total_leads }).urgency_bonus).toBe(expected);
  });
});

describe('the total', () => {
  test('is the plain sum from left to right', () => {
    const got = points({ credit_score: 733 }, { credit_score_min: 613, leads_delivered: 33 });
    const { credit_fit, capacity, tier_match, loan_fit, priority_bonus, urgency_bonus } = got;
    expect(got.total).toBe(
      credit_fit + capacity + tier_match + loan_fit + priority_bonus + urgency_bonus,
    );
  });

  test('can exceed 100', () => {
    const best = { credit_score_min: 680, leads_delivered: 10, priority: 'high' } as const;
    expect(points({ credit_score: 850 }, best).total).toBe(105);
  });

  test('and every component are zero for an ineligible order, in used scratch too', () => {
    const book = prepareOrders([anOrder({ broker_status: 'paused', priority: 'high' })]);
    const arrays = {
      masks: new Uint16Array(1),
      scores: new Float64Array(7),
      fills: new Float64Array(1),
    };
    arrays.scores.fill(9);
    const decision = decide(aLead(), book, DEFAULT_RULES, { into: { arrays: () => arrays } });
    expect([...decision.scores]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});
