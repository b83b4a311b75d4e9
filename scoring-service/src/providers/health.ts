import { iso, type Runtime } from '../core/clock.js';
import type { ProvidersTable } from '../db/tables/messages.js';
import type { Store } from '../db/store.js';
import { first, insertMany, notify, run, type Unit } from '../db/unit.js';
import { recordActivity, SYSTEM, type Actor } from '../events/activity.js';
import { recordEvents } from '../events/events.js';
import { isDegraded, probePauseMs, rolling, type Outcome } from './health-rules.js';

/** The channel that wakes the prober. */
export const PROVIDERS_CHANNEL = 'leadloop_providers';

export interface HealthDeps {
  store: Store;
  runtime: Runtime;
  /** Sets free what waited for a provider, in the unit in which it is resumed. */
  resumed: (name: string, at: number) => Unit<void>;
}

/** Whether a provider's automation is paused now, and why. */
export function* pauseOf({ db }: Store, name: string): Unit<{ paused: boolean; detail?: string }> {
  const row = yield* first(
    db.selectFrom('providers').select(['paused', 'reason']).where('name', '=', name),
  );
  if (row === undefined || row.paused === null) return { paused: false };
  return { paused: true, detail: row.reason ?? undefined };
}

/** A provider's row, made when missing, locked until the unit ends. */
function* lockProvider({ store, runtime }: HealthDeps, name: string): Unit<ProvidersTable> {
  const { db } = store;
  const select = () =>
    first(store.locked(db.selectFrom('providers').selectAll().where('name', '=', name), 'wait'));
  const known = yield* select();
  if (known !== undefined) return known;
  const row: ProvidersTable = {
    name,
    paused: null,
    paused_at: null,
    paused_by: null,
    reason: null,
    outcomes: '[]',
    last_success_at: null,
    last_failure_at: null,
    last_failure_code: null,
    next_probe_at: null,
    probes: 0,
    updated_at: iso(runtime.clock.now()),
  };
  yield* insertMany('providers', [row], { ignoreConflicts: true });
  return (yield* select()) ?? row;
}

function* save({ store }: HealthDeps, row: ProvidersTable): Unit<void> {
  const { name, ...columns } = row;
  yield* run(store.db.updateTable('providers').set(columns).where('name', '=', name));
}

export interface ReportedOutcome {
  ok: boolean;
  /** What went wrong, as a code. */
  code?: string;
}

/**
 * Counts calls to a provider, in the unit that writes their results. When they show that it is
 * degraded its automation pauses itself, staff are told once, and the first probe is set.
 */
export function* recordOutcomes(
  deps: HealthDeps,
  name: string,
  outcomes: readonly ReportedOutcome[],
): Unit<void> {
  if (outcomes.length === 0) return;
  const { runtime } = deps;
  const at = runtime.clock.now();
  const row = yield* lockProvider(deps, name);
  const before = JSON.parse(row.outcomes) as Outcome[];
  const now = rolling([...before, ...outcomes.map(({ ok }): Outcome => [at, ok ? 1 : 0])], at);
  const failed = outcomes.filter(({ ok }) => !ok).at(-1);
  const after: ProvidersTable = {
    ...row,
    outcomes: JSON.stringify(now),
    last_success_at: outcomes.some(({ ok }) => ok) ? iso(at) : row.last_success_at,
    last_failure_at: failed === undefined ? row.last_failure_at : iso(at),
    last_failure_code: failed === undefined ? row.last_failure_code : (failed.code ?? null),
    updated_at: iso(at),
  };
  if (row.paused !== null || !isDegraded(now)) {
    yield* save(deps, after);
    return;
  }
  const reason = `too many calls failed (last: ${failed?.code ?? 'unknown'})`;
  yield* save(deps, {
    ...after,
    paused: 'auto',
    paused_at: iso(at),
    paused_by: JSON.stringify(SYSTEM),
    reason,
    next_probe_at: iso(at + probePauseMs(0)),
    probes: 0,
  });
  yield* tell(deps, 'provider.degraded', name, SYSTEM, reason, at);
  yield* notify(PROVIDERS_CHANNEL);
}

function* tell(
  { runtime }: HealthDeps,
  type: 'provider.degraded' | 'provider.recovered',
  name: string,
  actor: Actor,
  reason: string | null,
  at: number,
): Unit<void> {
  yield* recordEvents([{ type, data: { provider: name, reason } }], at, runtime.newId);
  yield* recordActivity(
    [{ actor, action: type, subjectType: 'provider', subjectId: name, after: { reason } }],
    at,
    runtime.newId,
  );
}

/** Pauses a provider's automation by hand: it waits until it is resumed by hand. */
export function* pauseProvider(
  deps: HealthDeps,
  name: string,
  reason: string | null,
  actor: Actor,
): Unit<ProvidersTable> {
  const at = deps.runtime.clock.now();
  const row = yield* lockProvider(deps, name);
  if (row.paused === 'manual') return row;
  const after: ProvidersTable = {
    ...row,
    paused: 'manual',
    paused_at: iso(at),
    paused_by: JSON.stringify(actor),
    reason: reason ?? 'paused by hand',
    next_probe_at: null,
    updated_at: iso(at),
  };
  yield* save(deps, after);
  yield* recordActivity(
    [
      {
        actor,
        action: 'provider.paused',
        subjectType: 'provider',
        subjectId: name,
        after: { reason: after.reason },
      },
    ],
    at,
    deps.runtime.newId,
  );
  return after;
}

/** Ends a pause of either kind: what waited goes on, earlier outcomes are forgotten. */
export function* resumeProvider(
  deps: HealthDeps,
  name: string,
  actor: Actor,
): Unit<ProvidersTable> {
  const at = deps.runtime.clock.now();
  const row = yield* lockProvider(deps, name);
  if (row.paused === null) return row;
  const after: ProvidersTable = {
    ...row,
    paused: null,
    paused_at: null,
    paused_by: null,
    reason: null,
    outcomes: '[]',
    next_probe_at: null,
    probes: 0,
    updated_at: iso(at),
  };
  yield* save(deps, after);
  yield* deps.resumed(name, at);
  yield* tell(deps, 'provider.recovered', name, actor, row.reason, at);
  return after;
}

/** A failed probe: the next one comes later. Nothing when somebody ended the pause meanwhile. */
export function* probeFailed(deps: HealthDeps, name: string, code: string): Unit<void> {
  const at = deps.runtime.clock.now();
  const row = yield* lockProvider(deps, name);
  if (row.paused !== 'auto') return;
  yield* save(deps, {
    ...row,
    probes: row.probes + 1,
    last_failure_at: iso(at),
    last_failure_code: code,
    next_probe_at: iso(at + probePauseMs(row.probes + 1)),
    updated_at: iso(at),
  });
}

/** A probe that went through ends an automatic pause; a manual one stays. */
export function* probeSucceeded(deps: HealthDeps, name: string): Unit<void> {
  const row = yield* lockProvider(deps, name);
  if (row.paused === 'auto') yield* resumeProvider(deps, name, SYSTEM);
}
