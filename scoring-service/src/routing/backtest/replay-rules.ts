import type { ReplayRules } from './types.js';

/** What a replay follows besides the orders, as settings and thresholds say it now. */
export function replayRules(
  settings: { TIMEZONE: string; REROUTE_ON_UPDATE: boolean },
  thresholds: { UNASSIGNED_RETRY_MAX_AGE_HOURS: number },
): ReplayRules {
  return {
    timezone: settings.TIMEZONE,
    retry_max_age_ms: thresholds.UNASSIGNED_RETRY_MAX_AGE_HOURS * 3_600_000,
    reroute_on_update: settings.REROUTE_ON_UPDATE,
  };
}
