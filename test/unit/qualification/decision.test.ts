import fc from 'fast-check';
import {
  DEFAULT_THRESHOLDS,
  decisionOfScore,
  reconcile,
} from '../../../scoring-service/src/qualification/index.js';

describe('the decision that belongs to a score', () => {
  it.each([
    [100, 'book_now'],
    [80, 'book_now'],
    [79, 'follow_up'],
    [40, 'follow_up'],
    [39, 'low_quality'],
    [1, 'low_quality'],
  ])('score %i is %s with the default limits', (score, decision) => {
    expect(decisionOfScore(score, DEFAULT_THRESHOLDS)).toBe(decision);
  });

  it('is book_now exactly from the limit up and low_quality exactly below the other, for any limits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 2, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        (score, a, b) => {
          const thresholds = { bookNowMin: Math.max(a, b), followUpMin: Math.min(a, b) };
          const decision = decisionOfScore(score, thresholds);
          expect(decision === 'book_now').toBe(score >= thresholds.bookNowMin);
          expect(decision === 'low_quality').toBe(score < thresholds.followUpMin);
        },
      ),
    );
  });

  it('lets the score rule and records what the model said instead', () => {
    expect(reconcile(62, 'book_now', DEFAULT_THRESHOLDS)).toEqual({
      decision: 'follow_up',
      disagreement: { score: 62, model_decision: 'book_now', score_decision: 'follow_up' },
    });
  });

  it('records nothing when model and score agree', () => {
    expect(reconcile(85, 'book_now', DEFAULT_THRESHOLDS)).toEqual({
      decision: 'book_now',
      disagreement: null,
    });
  });
});
