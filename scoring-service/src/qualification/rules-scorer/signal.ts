/**
 * One thing the rules scorer can notice. Tables of these are data: a new signal is one new entry.
 */
export type Signal = {
  /** snake_case, unique within a vertical's table. */
  code: string;
  /** Added once to the score however often the pattern matches; may be negative. */
  points: number;
  /** Matched against lower-cased, folded text (see fold-text.ts). Every repetition is bounded. */
  pattern: RegExp;
  /** Completes the sentence "The enquiry …". */
  words: string;
  /** `clause` (default): one clause at a time, and a negation just before it cancels it; `message`: the whole text. */
  scope?: 'clause' | 'message';
  /** Once seen, the score cannot exceed this. */
  ceiling?: number;
  /** Says nothing about a person's body or treatment, so the health profile may share it as a flag. */
  shareable?: boolean;
};

/** A signal that was found, as the answer reports it. */
export type FoundSignal = { code: string; points: number };
