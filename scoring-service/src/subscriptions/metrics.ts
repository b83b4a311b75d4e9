/** What handing events on tells whoever measures. */
export interface HandOnMetrics {
  /** An attempt ended: `sent` or the class of its error. */
  attempt(outcome: string, durationMs: number): void;
  /** From an event to the start of its first attempt. */
  firstAttempt(latencyMs: number): void;
  /** An event was given up after the last attempt. */
  givenUp(): void;
  /** A result came after its claim had passed to another worker. */
  staleResult(): void;
}
