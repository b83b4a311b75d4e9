import { iso } from '../../core/clock.js';
import type { MessagesTable } from '../../db/tables/messages.js';
import { first, type Unit } from '../../db/unit.js';
import type { FindMessagesResult } from '../../providers/twilio/index.js';
import { fromTwilioStatus, isFinalStatus } from '../rules/index.js';
import { SEARCH_AFTER_MS } from './claim.js';
import { fail, tellFailed, write, type SenderDeps } from './settle.js';

const MAX_SEARCHES = 5;

/**
 * One match of To, Body and time that is no other message's is the one; none or several leave the
 * row `unknown`: staff see it, and nothing sends it again.
 */
export function* completeSearch(
  deps: SenderDeps,
  row: MessagesTable,
  found: FindMessagesResult,
  at: number,
): Unit<void> {
  if (row.status !== 'sending') return;
  if (!found.ok) {
    if (row.searches + 1 >= MAX_SEARCHES) {
      yield* fail(deps, row, 'not_found_out', found.error.code, at, 'unknown');
      return;
    }
    yield* write(deps, row, { searches: row.searches + 1, due_at: iso(at + SEARCH_AFTER_MS) }, at);
    return;
  }
  const sentAt = Date.parse(row.sending_at ?? row.created_at);
  const alike = found.messages.filter(
    (message) =>
      message.to === row.to_address &&
      message.body === row.body &&
      message.created_at <= sentAt + SEARCH_AFTER_MS,
  );
  const matches = [];
  for (const message of alike) {
    const taken = yield* first(
      deps.store.db.selectFrom('messages').select('id').where('provider_sid', '=', message.sid),
    );
    if (taken === undefined) matches.push(message);
  }
  const [match] = matches;
  if (match === undefined || matches.length > 1) {
    const reason = match === undefined ? 'not_found_at_provider' : 'several_at_provider';
    yield* fail(deps, row, reason, row.error_code, at, 'unknown');
    return;
  }
  const status = fromTwilioStatus(match.status) ?? 'sent';
  const code = match.error_code === null ? null : String(match.error_code);
  yield* write(
    deps,
    row,
    {
      status,
      provider_sid: match.sid,
      sent_at: iso(match.created_at),
      error_code: code,
      due_at: null,
    },
    at,
  );
  if (isFinalStatus(status) && status !== 'delivered') {
    yield* tellFailed(deps, row, status, 'not_delivered', code, at);
  }
}
