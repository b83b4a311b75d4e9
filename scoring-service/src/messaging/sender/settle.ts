import { iso } from '../../core/clock.js';
import type { MessagesTable } from '../../db/tables/messages.js';
import { run, type Unit } from '../../db/unit.js';
import { recordEvents } from '../../events/events.js';
import type { HealthDeps } from '../../providers/health.js';
import type { MessagingDeps } from '../deps.js';

export interface SenderDeps extends MessagingDeps {
  health: HealthDeps;
}

/** Changes a row and ends its claim. */
export function* write(
  { store }: SenderDeps,
  row: MessagesTable,
  columns: Partial<MessagesTable>,
  at: number,
): Unit<void> {
  yield* run(
    store.db
      .updateTable('messages')
      .set({ claim_id: null, updated_at: iso(at), ...columns })
      .where('id', '=', row.id),
  );
}

/** The end of a message that did not arrive, or of which nobody knows. */
export function* fail(
  deps: SenderDeps,
  row: MessagesTable,
  reason: string,
  code: string | null,
  at: number,
  status: 'failed' | 'unknown' = 'failed',
): Unit<void> {
  yield* write(deps, row, { status, reason_code: reason, error_code: code, due_at: null }, at);
  yield* tellFailed(deps, row, status, reason, code, at);
}

/** Tells that a message did not arrive, or that nobody knows. */
export function* tellFailed(
  { runtime }: Pick<SenderDeps, 'runtime'>,
  row: MessagesTable,
  status: string,
  reason: string,
  code: string | null,
  at: number,
): Unit<void> {
  yield* recordEvents(
    [
      {
        type: 'message.failed',
        data: {
          message_id: row.id,
          lead_id: row.lead_id,
          business_id: row.business_id,
          kind: row.kind,
          status,
          reason_code: reason,
          error_code: code,
        },
      },
    ],
    at,
    runtime.newId,
  );
}
