import type { Insertable } from 'kysely';

import { AppError } from '../core/errors.js';
import { iso } from '../core/clock.js';
import type { LeadsTable, SourceEventsTable } from '../db/tables/leads.js';
import { all, insertMany, type Unit } from '../db/unit.js';
import type { RoutingDeps } from '../routing/assignment/ports.js';
import {
  openSession,
  type RoutingOutcome,
  type RoutingSession,
} from '../routing/assignment/session.js';

/** One lead that waits for its unit: its row, not yet routed, and its payload as received. */
export interface WaitingLead {
  lead: LeadsTable;
  raw: string;
  /** By which way it came in, as its source event says; `api` by default. */
  provider?: string;
}

export type IntakeOutcome =
  | { lead_id: string; duplicate: true }
  | { lead_id: string; duplicate: false; outcome: RoutingOutcome }
  /** Only within a batch: this one could not be stored, others were. */
  | { error: AppError };

/** What a request asks of the unit: its leads, and steps before and after them. */
export interface IntakeJob<R> {
  leads: readonly WaitingLead[];
  /** Runs first; a value ends the job with it (a repeated request). May throw an AppError. */
  before?: () => Unit<R | null>;
  /** Makes the answer from the outcomes, and may write it down. */
  after: (outcomes: IntakeOutcome[]) => Unit<R>;
}

export type JobResult<R> = { ok: true; value: R } | { ok: false; error: AppError };

export interface IntakeUnitResult<R> {
  results: JobResult<R>[];
  session: RoutingSession;
  resets: number;
}

interface Seen {
  byContact: Map<string, string>;
  byDedupeKey: Map<string, string>;
}

/** The stored leads that any of the waiting ones would repeat, found in two look-ups. */
function* findExisting({ store }: RoutingDeps, waiting: readonly WaitingLead[]): Unit<Seen> {
  const contacts = waiting.flatMap(({ lead }) => lead.ghl_contact_id ?? []);
  const keys = waiting.flatMap(({ lead }) => lead.dedupe_key ?? []);
  const byContact = new Map<string, string>();
  const byDedupeKey = new Map<string, string>();
  // Index: leads_by_contact.
  const sameContact = yield* all(
    store.db
      .selectFrom('leads')
      .select(['id', 'ghl_contact_id'])
      .where('kind', '=', 'distribution')
      .where(store.anyOf('ghl_contact_id', contacts)),
  );
  for (const row of sameContact) byContact.set(row.ghl_contact_id ?? '', row.id);
  if (keys.length > 0) {
    // Index: leads_by_dedupe_key.
    const samePerson = yield* all(
      store.db
        .selectFrom('leads')
        .select(['id', 'dedupe_key'])
        .where('kind', '=', 'distribution')
        .where('dedupe_key', 'is not', null)
        .where(store.anyOf('dedupe_key', keys))
        .orderBy('id', 'desc'),
    );
    // The oldest lead wins, being the last one set.
    for (const row of samePerson) byDedupeKey.set(row.dedupe_key ?? '', row.id);
  }
  return { byContact, byDedupeKey };
}

function sourceEvent(
  waiting: WaitingLead,
  leadId: string,
  kind: string,
  id: string,
): Insertable<SourceEventsTable> {
  return {
    id,
    lead_id: leadId,
    kind,
    provider: waiting.provider ?? 'api',
    received_at: waiting.lead.created_at,
    raw: waiting.raw,
  };
}

/**
 * The unit of work of intake: takes all waiting jobs at once; look-ups, decisions in memory with
 * evolving counters, writes as sets. Must hold the routing lock.
 * @param storeOnly keep the leads without routing them (after routing them failed)
 */
export function* intakeUnit<R>(
  routing: RoutingDeps,
  jobs: readonly IntakeJob<R>[],
  storeOnly: boolean,
): Unit<IntakeUnitResult<R>> {
  const { newId, clock } = routing.runtime;
  const at = clock.now();
  const results: (JobResult<R> | undefined)[] = [];
  const { session, resets } = yield* openSession(routing);
  for (const job of jobs) {
    results.push(job.before === undefined ? undefined : yield* begin(job.before));
  }
  const open = jobs.filter((_job, index) => results[index] === undefined);
  const seen = yield* findExisting(
    routing,
    open.flatMap((job) => job.leads),
  );
  const leads: LeadsTable[] = [];
  const sources: Insertable<SourceEventsTable>[] = [];

  const take = (waiting: WaitingLead): IntakeOutcome => {
    const { lead } = waiting;
    const existing =
      seen.byContact.get(lead.ghl_contact_id ?? '') ??
      (lead.dedupe_key === null ? undefined : seen.byDedupeKey.get(lead.dedupe_key));
    if (existing !== undefined) {
      sources.push(sourceEvent(waiting, existing, 'duplicate', newId()));
      return { lead_id: existing, duplicate: true };
    }
    session.addEvent({ type: 'lead.created', data: { lead_id: lead.id, kind: lead.kind } });
    let outcome: RoutingOutcome;
    try {
      outcome = storeOnly ? session.fail(lead, 'intake', at) : session.route(lead, 'intake', at);
    } catch (error) {
      routing.onFault(lead.id, error);
      outcome = session.fail(lead, 'intake', at);
    }
    leads.push(lead);
    sources.push(sourceEvent(waiting, lead.id, 'intake', newId()));
    seen.byContact.set(lead.ghl_contact_id ?? '', lead.id);
    if (lead.dedupe_key !== null && !seen.byDedupeKey.has(lead.dedupe_key)) {
      seen.byDedupeKey.set(lead.dedupe_key, lead.id);
    }
    return { lead_id: lead.id, duplicate: false, outcome };
  };

  const outcomes = jobs.map((job, index) =>
    results[index] === undefined
      ? job.leads.map((waiting) =>
          take({ ...waiting, lead: { ...waiting.lead, created_at: iso(at) } }),
        )
      : [],
  );
  yield* insertMany('leads', leads);
  yield* insertMany('source_events', sources);
  yield* session.flush(at);
  const settled: JobResult<R>[] = [];
  for (const [index, job] of jobs.entries()) {
    const early = results[index];
    settled.push(early ?? { ok: true, value: yield* job.after(outcomes[index] ?? []) });
  }
  return { results: settled, session, resets };
}

function* begin<R>(before: () => Unit<R | null>): Unit<JobResult<R> | undefined> {
  try {
    const value = yield* before();
    return value === null ? undefined : { ok: true, value };
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return { ok: false, error };
    throw error;
  }
}
