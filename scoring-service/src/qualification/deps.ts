import type { HealthDeps } from '../providers/health.js';
import type { ResponseDeps } from '../response/deps.js';
import type { QualificationMetrics } from './metrics.js';
import type { Qualifier } from './qualify.js';

/** The channel that wakes the worker of qualifications. */
export const QUALIFICATION_CHANNEL = 'leadloop_qualification';

/** US dollars for a million tokens. */
export interface Prices {
  input: number;
  output: number;
}

export interface QualificationDeps extends ResponseDeps {
  health: HealthDeps;
  /** Asks the model, else the rules. */
  qualifier: Qualifier;
  /** Asks the rules at once: the model's automation is paused. */
  pausedQualifier: Qualifier;
  /** There is an API key. */
  configured: boolean;
  prices: Prices;
  metrics: QualificationMetrics;
}
