import { iso } from '../../core/clock.js';
import { toBusiness } from '../../businesses/businesses.js';
import type { Business } from '../../businesses/business-schema.js';
import type { MessagesTable } from '../../db/tables/messages.js';
import { all, first, run, type Unit } from '../../db/unit.js';
import type { ClaimRequest, ClaimResult } from '../../jobs/source.js';
import { pauseOf } from '../../providers/health.js';
import { isClosedTask } from '../../tasks/rules/index.js';
import { decideMessage, type Evidence } from '../decide.js';
import type { MessagingDeps } from '../deps.js';
import { decided } from '../outbox.js';
import type { MessageKind } from '../rules/index.js';
import { templateText } from '../texts.js';
import type { MessageJob } from './jobs.js';

/** After this long without an answer or a callback, a text is searched for. */
export const SEARCH_AFTER_MS = 2 * 60_000;
/** Decided in one go: few enough that requests beside it do not wait for SQLite's one lane. */
const PER_UNIT = 8;

interface Lookup {
  business: Map<string, Business>;
}

function* businessOf(deps: MessagingDeps, id: string | null, seen: Lookup): Unit<Business | null> {
  if (id === null) return null;
  const known = seen.business.get(id);
  if (known !== undefined) return known;
  const row = yield* first(deps.store.db.selectFrom('businesses').selectAll().where('id', '=', id));
  if (row === undefined) return null;
  const business = toBusiness(row);
  seen.business.set(id, business);
  return business;
}

/** What waited for a provider that works again is due. Written here, so that no race strands it. */
function* freeWaiting({ store }: MessagingDeps, at: number): Unit<boolean> {
  const pause = yield* pauseOf(store, 'twilio');
  const mail = yield* pauseOf(store, 'smtp');
  for (const [channel, paused] of [
    ['sms', pause.paused],
    ['email', mail.paused],
  ] as const) {
    if (paused) continue;
    yield* run(
      store.db
        .updateTable('messages')
        .set({ due_at: iso(at) })
        .where('reason_code', '=', 'provider_paused')
        .where('due_at', 'is', null)
        .where('status', '=', 'queued')
        .where('channel', '=', channel),
    );
  }
  return pause.paused;
}

/**
 * Takes what is due. A message that is to go is decided again, rendered again, and committed as
 * `sending` before anything leaves; what a check now forbids is skipped or put off.
 */
export function* claimMessages(
  deps: MessagingDeps,
  request: ClaimRequest,
): Unit<ClaimResult<MessageJob>> {
  const { store } = deps;
  const { at } = request;
  const limit = Math.min(request.limit, PER_UNIT);
  const textsPaused = yield* freeWaiting(deps, at);
  // Index: messages_due.
  const rows = yield* all(
    store.locked(
      store.db
        .selectFrom('messages')
        .selectAll()
        .where('due_at', '<=', iso(at))
        .orderBy('due_at')
        .limit(limit),
      'skip',
    ),
  );
  const seen: Lookup = { business: new Map() };
  const jobs: MessageJob[] = [];
  for (const row of rows) {
    const job =
      row.status === 'sending'
        ? yield* claimSearch(deps, row, request, textsPaused)
        : yield* claimSend(deps, row, request, seen);
    if (job !== null) jobs.push(job);
  }
  const next = yield* first(
    store.db
      .selectFrom('messages')
      .select('due_at')
      .where('due_at', '>', iso(at))
      .orderBy('due_at')
      .limit(1),
  );
  return {
    jobs,
    more: rows.length === limit,
    nextDueAt: next?.due_at == null ? null : Date.parse(next.due_at),
  };
}

function* update(
  { store }: MessagingDeps,
  id: string,
  columns: Partial<MessagesTable>,
): Unit<void> {
  yield* run(store.db.updateTable('messages').set(columns).where('id', '=', id));
}

/** An e-mail cannot be searched for: nobody knows, so it is never sent again. */
function* claimSearch(
  deps: MessagingDeps,
  row: MessagesTable,
  { at, claimId }: ClaimRequest,
  paused: boolean,
): Unit<MessageJob | null> {
  if (row.channel === 'email') {
    yield* update(deps, row.id, { status: 'unknown', due_at: null, updated_at: iso(at) });
    return null;
  }
  yield* update(deps, row.id, { claim_id: claimId, due_at: iso(at + SEARCH_AFTER_MS) });
  if (paused) return null;
  return {
    work: 'search',
    id: row.id,
    group: 'search',
    claimId,
    to: row.to_address ?? '',
    body: row.body,
    sendingAt: Date.parse(row.sending_at ?? row.created_at),
  };
}

function* claimSend(
  deps: MessagingDeps,
  row: MessagesTable,
  { at, claimId }: ClaimRequest,
  seen: Lookup,
): Unit<MessageJob | null> {
  const { db } = deps.store;
  const business = yield* businessOf(deps, row.business_id, seen);
  const task =
    row.task_id === null
      ? undefined
      : yield* first(
          db.selectFrom('tasks').select(['state', 'due_at']).where('id', '=', row.task_id),
        );
  if (row.kind === 'acknowledgement' && task !== undefined && isClosedTask(task.state)) {
    yield* update(deps, row.id, {
      status: 'skipped',
      reason_code: 'task_closed',
      due_at: null,
      updated_at: iso(at),
    });
    return null;
  }
  const staff =
    row.staff_id === null
      ? undefined
      : yield* first(db.selectFrom('staff').select('quiet_hours').where('id', '=', row.staff_id));
  const kind = row.kind as MessageKind;
  const permission = yield* decideMessage(
    deps,
    {
      id: row.id,
      kind,
      channel: row.channel,
      business,
      leadId: row.lead_id,
      sourceEventId: row.source_event_id,
      to: row.to_address,
      consent: JSON.parse(row.consent) as Evidence,
      quietSetting: staff?.quiet_hours ?? business?.missed_call_quiet_hours ?? 'defer',
    },
    at,
  );
  const columns = decided(permission, at);
  if (permission.outcome !== 'send') {
    yield* update(deps, row.id, columns);
    return null;
  }
  const body = yield* bodyOf(deps, row, business, task?.due_at ?? null, at);
  yield* update(deps, row.id, {
    ...columns,
    status: 'sending',
    body,
    claim_id: claimId,
    sending_at: iso(at),
    due_at: iso(at + SEARCH_AFTER_MS),
    attempts: row.attempts + 1,
  });
  const base = { id: row.id, group: row.channel, claimId, to: row.to_address ?? '', body };
  return row.channel === 'sms'
    ? { ...base, work: 'text' }
    : { ...base, work: 'email', subject: business?.name ?? '' };
}

/** A text that waited promises the time that is true now. */
function* bodyOf(
  { store }: MessagingDeps,
  row: MessagesTable,
  business: Business | null,
  taskDueAt: string | null,
  at: number,
): Unit<string> {
  if (row.rerender === 0 || business === null || row.created_at === iso(at)) return row.body;
  const lead =
    row.lead_id === null
      ? undefined
      : yield* first(
          store.db
            .selectFrom('leads')
            .select(['first_name', 'last_name'])
            .where('id', '=', row.lead_id),
        );
  const dueAt = taskDueAt === null ? null : Date.parse(taskDueAt);
  return templateText(row.kind as MessageKind, business, lead ?? null, dueAt, at);
}
