import { iso } from '../core/clock.js';
import { all, first, insertMany, run, type Unit } from '../db/unit.js';
import type { ResponseDeps } from './deps.js';

/** How a sender proved who it is; `key` is an API key. */
export type VerifiedBy = 'signature' | 'secret' | 'key';

export interface NewSourceEvent {
  id: string;
  /** Null while its lead is not known, or when it concerns none. */
  leadId: string | null;
  kind: 'call' | 'form' | 'text' | 'enquiry' | 'booking';
  provider: string;
  raw: string;
  businessId: string;
  callKey?: string | null;
  verifiedBy: VerifiedBy;
  outcome: string;
  reason: string | null;
  facts: Record<string, unknown>;
  /** What its sender is answered, and answered again. */
  answer: unknown;
}

/**
 * Claims what identifies an event. Null: it is new and claimed under `sourceEventId`; else the
 * answer that was given to the event which holds one of the keys. The business's lock is held, so
 * no other unit can claim the same keys meanwhile.
 */
export function* claimEvent<T>(
  { store, runtime }: ResponseDeps,
  keys: readonly string[],
  sourceEventId: string,
): Unit<T | null> {
  if (keys.length === 0) return null;
  const { db } = store;
  const held = () =>
    all(
      db
        .selectFrom('event_claims')
        .select('source_event_id')
        .where(store.anyOf('key', keys))
        .limit(1),
    );
  let [holder] = yield* held();
  if (holder === undefined) {
    const at = iso(runtime.clock.now());
    const claimed = yield* insertMany(
      'event_claims',
      [...keys].sort().map((key) => ({ key, source_event_id: sourceEventId, created_at: at })),
      { ignoreConflicts: true },
    );
    if (claimed === keys.length) return null;
    // The same event for another business, at the same time: its key decides. What was claimed here
    // stands for no event and would be taken for one.
    yield* run(db.deleteFrom('event_claims').where('source_event_id', '=', sourceEventId));
    [holder] = yield* held();
    if (holder === undefined) throw new Error('A claim that was taken is not there.');
  }
  const event = yield* first(
    db.selectFrom('source_events').select('answer').where('id', '=', holder.source_event_id),
  );
  if (event?.answer == null) throw new Error('A claimed event has no answer.');
  return JSON.parse(event.answer) as T;
}

/** Stores an event as received, with what was read from it and made of it. */
export function* storeEvent({ runtime }: ResponseDeps, event: NewSourceEvent): Unit<void> {
  yield* insertMany('source_events', [
    {
      id: event.id,
      lead_id: event.leadId,
      kind: event.kind,
      provider: event.provider,
      received_at: iso(runtime.clock.now()),
      raw: event.raw,
      origin_lead_id: event.leadId,
      business_id: event.businessId,
      call_key: event.callKey ?? null,
      verified_by: event.verifiedBy,
      outcome: event.outcome,
      reason: event.reason,
      facts: JSON.stringify(event.facts),
      answer: JSON.stringify(event.answer),
    },
  ]);
}

/** Gives the events of a call that waited for its end to the lead it has become. */
export function* adoptCallEvents(
  { store }: ResponseDeps,
  callKey: string,
  leadId: string,
): Unit<void> {
  yield* run(
    store.db
      .updateTable('source_events')
      .set({ lead_id: leadId, origin_lead_id: leadId })
      .where('call_key', '=', callKey)
      .where('lead_id', 'is', null),
  );
}
