import { iso } from '../core/clock.js';
import type { Unit } from '../db/unit.js';
import { all, first, run } from '../db/unit.js';
import type { Job, JobSource } from '../jobs/source.js';
import { probeFailed, probeSucceeded, PROVIDERS_CHANNEL, type HealthDeps } from './health.js';

/** Asks a provider whether it works, at no cost and with no effect; the code of the failure. */
export type Probe = () => Promise<{ ok: true } | { ok: false; code: string }>;

interface ProbeJob extends Job {
  name: string;
}

/** The work of probing providers that paused themselves. */
export function createProbes(
  deps: HealthDeps,
  probes: Readonly<Record<string, Probe>>,
): JobSource<ProbeJob, { ok: true } | { ok: false; code: string }> {
  const { store } = deps;
  const names = Object.keys(probes);
  return {
    name: 'provider probes',
    channel: PROVIDERS_CHANNEL,
    *claim({ at, leaseUntil, limit }) {
      const due = yield* all(
        store.locked(
          store.db
            .selectFrom('providers')
            .select('name')
            .where('paused', '=', 'auto')
            .where('next_probe_at', '<=', iso(at))
            .where(store.anyOf('name', names))
            .limit(limit),
          'skip',
        ),
      );
      for (const { name } of due) {
        // Should this process die, another probe follows when the lease is over.
        yield* run(
          store.db
            .updateTable('providers')
            .set({ next_probe_at: iso(leaseUntil) })
            .where('name', '=', name),
        );
      }
      const next = yield* first(
        store.db
          .selectFrom('providers')
          .select('next_probe_at')
          .where('paused', '=', 'auto')
          .where('next_probe_at', 'is not', null)
          .orderBy('next_probe_at')
          .limit(1),
      );
      return {
        jobs: due.map(({ name }) => ({ id: name, group: name, name })),
        more: false,
        nextDueAt: next?.next_probe_at == null ? null : Date.parse(next.next_probe_at),
      };
    },
    run: ({ name }) => probes[name]?.() ?? Promise.resolve({ ok: false, code: 'no_probe' }),
    *complete(finished): Unit<void> {
      for (const { job, result } of finished) {
        if (result.ok) yield* probeSucceeded(deps, job.name);
        else yield* probeFailed(deps, job.name, result.code);
      }
    },
    *giveBack(jobs): Unit<void> {
      const at = iso(deps.runtime.clock.now());
      for (const { name } of jobs) {
        yield* run(
          store.db
            .updateTable('providers')
            .set({ next_probe_at: at })
            .where('name', '=', name)
            .where('paused', '=', 'auto'),
        );
      }
    },
  };
}
