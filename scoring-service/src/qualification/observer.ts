import type { Enquiry } from './enquiry.js';
import type { FallbackReason, Qualification } from './qualification.js';

/** For metrics and provider health. Exceptions thrown here are swallowed. */
export type QualificationObserver = {
  /** Once per enquiry that went to the model. */
  modelAnswered?(result: {
    ok: boolean;
    error_class: FallbackReason | null;
    attempts: number;
    latency_ms: number;
  }): void;
  /** Once per enquiry. */
  qualified?(result: Qualification, enquiry: { vertical: Enquiry['vertical'] }): void;
};

/** Reports to an observer; what it throws must not change the outcome. */
export function observe(report: () => void): void {
  try {
    report();
  } catch {
    // Deliberately dropped.
  }
}
