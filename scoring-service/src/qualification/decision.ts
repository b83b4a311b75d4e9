/** What should happen with an enquiry next; the codes are the same in code, database, API and UI. */
export const DECISIONS = ['book_now', 'follow_up', 'low_quality'] as const;
export type Decision = (typeof DECISIONS)[number];

/** Scores run from 1 to 100; both limits are inclusive lower bounds of their decision. */
export type Thresholds = {
  /** At or above: `book_now` (setting `BOOK_NOW_MIN_SCORE`). */
  bookNowMin: number;
  /** Below: `low_quality` (setting `FOLLOW_UP_MIN_SCORE`). */
  followUpMin: number;
};

export const DEFAULT_THRESHOLDS: Thresholds = { bookNowMin: 80, followUpMin: 40 };

/** A model's decision that contradicted its own score. Kept as data: the score has already won. */
export type Disagreement = {
  score: number;
  model_decision: Decision;
  score_decision: Decision;
};

/**
 * The one decision that belongs to a score: `book_now` exactly when score ≥ bookNowMin,
 * `low_quality` exactly when score < followUpMin, else `follow_up`.
 * Should the limits be crossed (followUpMin > bookNowMin), `book_now` wins above its own limit.
 */
export function decisionOfScore(score: number, thresholds: Thresholds): Decision {
  if (score >= thresholds.bookNowMin) return 'book_now';
  return score < thresholds.followUpMin ? 'low_quality' : 'follow_up';
}

/**
 * Settles a model's answer: the decision always follows the score; when the model said something
 * else, the contradiction comes back as a value to be stored.
 */
export function reconcile(
  score: number,
  modelDecision: Decision,
  thresholds: Thresholds,
): { decision: Decision; disagreement: Disagreement | null } {
  const decision = decisionOfScore(score, thresholds);
  if (decision === modelDecision) return { decision, disagreement: null };
  return {
    decision,
    disagreement: { score, model_decision: modelDecision, score_decision: decision },
  };
}
