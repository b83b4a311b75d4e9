/** What deliveries tell whoever measures. */
export interface DeliveryMetrics {
  /** An attempt ended: `sent` or the class of its error. */
  attempt(outcome: string, durationMs: number): void;
  /** From a lead's assignment to the start of its first attempt, where nothing kept it waiting. */
  firstAttempt(latencyMs: number): void;
  /** A result came after its claim had passed to another worker. */
  staleResult(): void;
}
