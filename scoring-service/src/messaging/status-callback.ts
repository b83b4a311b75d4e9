import { iso } from '../core/clock.js';
import { first, run, type Unit } from '../db/unit.js';
import { SYSTEM } from '../events/activity.js';
import type { StatusParams } from '../providers/twilio/index.js';
import type { MessagingDeps } from './deps.js';
import {
  advanceStatus,
  fromTwilioStatus,
  isFinalStatus,
  type MessageStatus,
} from './rules/index.js';
import { tellFailed } from './sender/settle.js';
import { suppress } from './suppressions.js';

/**
 * Takes a delivery report. It moves a message forward only, so late and repeated reports change
 * nothing; one for a row left at `sending` or `unknown` says what became of it. Whether the
 * message is known.
 * @param mid our id from the callback's address; null when it came without
 */
export function* takeStatus(
  deps: MessagingDeps,
  params: StatusParams,
  mid: string | null,
): Unit<boolean> {
  const { store, runtime } = deps;
  const at = runtime.clock.now();
  const rows = store.db.selectFrom('messages').selectAll().where('direction', '=', 'outbound');
  const row = yield* first(
    store.locked(
      mid === null
        ? rows.where('provider_sid', '=', params.MessageSid)
        : rows.where('id', '=', mid),
      'wait',
    ),
  );
  if (row === undefined) return false;
  // The same row reported under another sid is not ours to believe.
  if (row.provider_sid !== null && row.provider_sid !== params.MessageSid) return false;
  const incoming = fromTwilioStatus(params.MessageStatus);
  if (incoming === null) return true;
  const { status, changed } = advanceStatus(row.status as MessageStatus, incoming);
  const code = params.ErrorCode === undefined ? row.error_code : String(params.ErrorCode);
  if (changed || row.provider_sid === null) {
    yield* run(
      store.db
        .updateTable('messages')
        .set({
          status,
          provider_sid: params.MessageSid,
          sent_at: row.sent_at ?? iso(at),
          error_code: changed ? code : row.error_code,
          due_at: null,
          claim_id: null,
          updated_at: iso(at),
        })
        .where('id', '=', row.id),
    );
  }
  if (params.ErrorCode === 21610) {
    yield* suppress(deps, {
      phone: row.to_address,
      email: null,
      reason: 'opted out at the carrier (error 21610)',
      source: 'carrier',
      actor: SYSTEM,
    });
  }
  if (changed && isFinalStatus(status) && status !== 'delivered') {
    yield* tellFailed(deps, row, status, 'not_delivered', code, at);
  }
  return true;
}
