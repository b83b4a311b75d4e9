import { iso } from '../../core/clock.js';
import type { MessagesTable } from '../../db/tables/messages.js';
import { all, type Unit } from '../../db/unit.js';
import { SYSTEM } from '../../events/activity.js';
import type { Finished } from '../../jobs/source.js';
import { recordOutcomes, type ReportedOutcome } from '../../providers/health.js';
import { advanceStatus, fromTwilioStatus, type MessageStatus } from '../rules/index.js';
import { suppress } from '../suppressions.js';
import { SEARCH_AFTER_MS } from './claim.js';
import { completeSearch } from './complete-search.js';
import type { MessageJob, MessageResult } from './jobs.js';
import { fail, write, type SenderDeps } from './settle.js';

const FIRST_RETRY_MS = 5000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** After this long nobody wants the text any more. */
const TOO_OLD_MS = 24 * 3_600_000;

/** Writes what became of jobs; a row that a callback has settled meanwhile only moves forward. */
export function* completeMessages(
  deps: SenderDeps,
  finished: readonly Finished<MessageJob, MessageResult>[],
): Unit<void> {
  const { store, runtime } = deps;
  const at = runtime.clock.now();
  const rows = yield* all(
    store.locked(
      store.db
        .selectFrom('messages')
        .selectAll()
        .where(
          store.anyOf(
            'id',
            finished.map(({ job }) => job.id),
          ),
        )
        .orderBy('id'),
      'wait',
    ),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const twilio: ReportedOutcome[] = [];
  const smtp: ReportedOutcome[] = [];
  for (const { job, result } of finished) {
    const row = byId.get(job.id);
    if (row === undefined) continue;
    if (result.work === 'search') {
      if (!result.result.ok) twilio.push({ ok: false, code: result.result.error.code });
      if (row.claim_id === job.claimId) yield* completeSearch(deps, row, result.result, at);
      continue;
    }
    const outcome = outcomeOf(result);
    (result.work === 'text' ? twilio : smtp).push({ ok: outcome.providerOk, code: outcome.code });
    yield* completeSend(deps, row, row.claim_id === job.claimId, outcome, at);
  }
  yield* recordOutcomes(deps.health, 'twilio', twilio);
  yield* recordOutcomes(deps.health, 'smtp', smtp);
}

interface SendOutcome {
  kind: 'accepted' | 'retry' | 'ambiguous' | 'opted_out' | 'refused';
  /** Whether the provider did its part: refusing a bad number is doing so. */
  providerOk: boolean;
  code?: string;
  sid?: string;
  status?: string;
  from?: string | null;
  retryAfter?: number | null;
}

function outcomeOf(result: Exclude<MessageResult, { work: 'search' }>): SendOutcome {
  if (result.work === 'email') {
    const mail = result.result;
    if (mail.ok) return { kind: 'accepted', providerOk: true, sid: mail.id, status: 'sent' };
    const kind = mail.ambiguous ? 'ambiguous' : mail.retryable ? 'retry' : 'refused';
    return { kind, providerOk: kind === 'refused', code: mail.code };
  }
  const text = result.result;
  if (text.ok) {
    return {
      kind: 'accepted',
      providerOk: true,
      sid: text.sid,
      status: text.status,
      from: text.from,
    };
  }
  const { code, retryable, ambiguous, opted_out, retry_after, status } = text.error;
  if (opted_out) return { kind: 'opted_out', providerOk: true, code };
  if (retryable || ambiguous) {
    return {
      kind: ambiguous ? 'ambiguous' : 'retry',
      providerOk: false,
      code,
      retryAfter: retry_after,
    };
  }
  // Wrong credentials fail every text alike: that is the provider's state, not the recipient's.
  return { kind: 'refused', providerOk: status !== 401 && status !== 403, code };
}

function* completeSend(
  deps: SenderDeps,
  row: MessagesTable,
  holds: boolean,
  outcome: SendOutcome,
  at: number,
): Unit<void> {
  if (outcome.kind === 'accepted') {
    // Even when the claim is gone: that it was taken is the truth about the row.
    const { status } = advanceStatus(
      row.status as MessageStatus,
      fromTwilioStatus(outcome.status ?? 'sent') ?? 'sent',
    );
    yield* write(
      deps,
      row,
      {
        status,
        provider_sid: row.provider_sid ?? outcome.sid ?? null,
        from_address: outcome.from ?? row.from_address,
        sent_at: row.sent_at ?? iso(at),
        due_at: null,
      },
      at,
    );
    return;
  }
  if (!holds || row.status !== 'sending') return;
  const code = outcome.code ?? null;
  switch (outcome.kind) {
    case 'ambiguous': {
      // Looked for once the provider has had time to know it.
      const due = Math.max(at, Date.parse(row.sending_at ?? row.created_at) + SEARCH_AFTER_MS);
      yield* write(deps, row, { error_code: code, due_at: iso(due) }, at);
      return;
    }
    case 'retry': {
      if (at - Date.parse(row.created_at) < TOO_OLD_MS) {
        yield* write(
          deps,
          row,
          {
            status: 'queued',
            sending_at: null,
            error_code: code,
            due_at: iso(at + retryPauseMs(row.attempts, outcome.retryAfter)),
          },
          at,
        );
        return;
      }
      yield* fail(deps, row, 'too_old', code, at);
      return;
    }
    case 'opted_out': {
      yield* suppress(deps, {
        phone: row.to_address,
        email: null,
        reason: 'opted out at the carrier (error 21610)',
        source: 'carrier',
        actor: SYSTEM,
      });
      yield* fail(deps, row, 'suppressed', code, at);
      return;
    }
    case 'refused':
      yield* fail(deps, row, 'refused_by_provider', code, at);
  }
}

/** 5 s, doubling to 10 min; the provider's own wish when it is longer. */
function retryPauseMs(attempts: number, retryAfter: number | null | undefined): number {
  const own = Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, attempts - 1), LONGEST_RETRY_MS);
  return Math.max(own, (retryAfter ?? 0) * 1000);
}
