import type { Store } from '../db/store.js';
import { run, type Unit } from '../db/unit.js';
import { ERASED_JSON, ERASED_TEXT } from './personal-tables.js';

/** Erases things that came in and never became part of a lead. */
export function* eraseLoose(
  store: Store,
  loose: Partial<Record<'source_events' | 'messages' | 'calls', string[]>>,
): Unit<void> {
  const { db, anyOf } = store;
  const { source_events: events = [], messages = [], calls = [] } = loose;
  if (events.length > 0) {
    const erased = { raw: ERASED_JSON, facts: null, reason: null };
    yield* run(db.updateTable('source_events').set(erased).where(anyOf('id', events)));
  }
  if (messages.length > 0) {
    const erased = { to_address: null, from_address: null, body: ERASED_TEXT, consent: '{}' };
    // One that is still to be sent has to know to whom.
    const sent = db.updateTable('messages').where('due_at', 'is', null);
    yield* run(sent.set(erased).where(anyOf('id', messages)));
  }
  if (calls.length > 0) {
    const erased = { recording_url: null, transcription_url: null };
    yield* run(db.updateTable('calls').set(erased).where(anyOf('key', calls)));
  }
}
