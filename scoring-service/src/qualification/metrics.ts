/** What qualification tells whoever measures. */
export interface QualificationMetrics {
  /** A lead was qualified. */
  qualified(source: string, decision: string, vertical: string): void;
  /** The model was asked: `ok` or the class of the error, and how long it took, retry included. */
  modelAnswered(outcome: string, latencyMs: number): void;
  /** What an answer used. */
  used(tokens: { prompt: number; completion: number }, costMicroUsd: number): void;
}
