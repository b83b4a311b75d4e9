/** What a threshold may be, and what it is unless somebody says otherwise. */
export interface ThresholdRule {
  fallback: number;
  min: number;
  max: number;
  /** Whole numbers only. */
  integer: boolean;
}

/**
 * Limits that may be changed while the service runs. The same rules hold for the variable of that
 * name, which wins when it is set.
 */
export const THRESHOLD_RULES = {
  CREDIT_FLOOR: { fallback: 600, min: 300, max: 850, integer: true },
  UNASSIGNED_RETRY_MAX_AGE_HOURS: { fallback: 72, min: 0, max: 87_600, integer: false },
  BOOK_NOW_MIN_SCORE: { fallback: 80, min: 2, max: 100, integer: true },
  FOLLOW_UP_MIN_SCORE: { fallback: 40, min: 1, max: 99, integer: true },
  REVIEW_DELAY_HOURS: { fallback: 24, min: 0, max: 8760, integer: false },
  REVIEW_REPEAT_DAYS: { fallback: 90, min: 1, max: 3650, integer: false },
} as const satisfies Record<string, ThresholdRule>;

export type ThresholdName = keyof typeof THRESHOLD_RULES;
export type Thresholds = Record<ThresholdName, number>;

export const THRESHOLD_NAMES = Object.keys(THRESHOLD_RULES) as ThresholdName[];
