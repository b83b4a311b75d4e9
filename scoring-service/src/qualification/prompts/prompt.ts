import type { Thresholds } from '../decision.js';

/** One versioned prompt file. A change of wording is a new file with a new version, never an edit. */
export type Prompt = {
  /** For example `dental.v1`; stored with every answer that came from it. */
  version: string;
  /** The system message; the limits are the business's settings. */
  system: (thresholds: Thresholds) => string;
};
