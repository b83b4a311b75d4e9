import { iso } from '../core/clock.js';
import { errorFields } from '../core/log.js';
import { eraseOldLeads, type RetentionDeps } from './old-leads.js';
import { forgetActivity, forgetRoutingLogs } from './old-logs.js';
import { eraseOldLoose } from './old-loose.js';

/** How long each kind is kept, milliseconds; null: for ever. */
export interface Kept {
  leads: number | null;
  routingLogs: number | null;
  activity: number | null;
}

/** Does away with what is older than it is kept. */
export interface Retention {
  /** Once over everything that is due, in small units. A fault of one kind does not keep the others. */
  apply(): Promise<void>;
}

export function createRetention(deps: RetentionDeps, kept: Kept): Retention {
  const { store } = deps;
  // Where the last time ended; forgotten with the process, which then looks from the beginning.
  const places = {
    source_events: '',
    messages: '',
    activity: '',
    decisions: ['', ''] as [string, string],
  };
  const kinds: [string, number | null, (cutoffMs: number) => Promise<void>][] = [
    ['leads', kept.leads, (cutoff) => eraseOldLeads(deps, iso(cutoff))],
    ['what has no lead', kept.leads, (cutoff) => eraseOldLoose(store, iso(cutoff), places)],
    ['routing logs', kept.routingLogs, (cutoff) => forgetRoutingLogs(store, cutoff, places)],
    ['activity', kept.activity, (cutoff) => forgetActivity(store, iso(cutoff), places)],
  ];
  return {
    async apply() {
      const now = deps.runtime.clock.now();
      for (const [kind, keptMs, work] of kinds) {
        if (keptMs === null) continue;
        try {
          await work(now - keptMs);
        } catch (error) {
          const fields = { component: kind, ...errorFields(error) };
          deps.log.warn('what is too old could not be removed', fields);
        }
      }
    },
  };
}
