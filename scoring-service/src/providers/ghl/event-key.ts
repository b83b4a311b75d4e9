import { isWithheld } from '../../contact/withheld.js';
import { normalizePhone } from '../../contact/phone.js';
import { type GhlCall, decideGhlCall } from './payload.js';

/** Two events of one phone and place within this time are one event. */
export const ghlWindowMs = 120_000;
const BUCKET_MS = 30_000;

export interface GhlEventKey {
  /** What the identity rests on; `none`: nothing identifies the event, it is always a new one. */
  by: 'event_id' | 'call_id' | 'conversation_id' | 'phone_window' | 'none';
  /** The key to store the event under; null for `none`. */
  key: string | null;
  /**
   * Every key to claim, under one unique index and in the transaction that stores the event: when
   * any is taken, the event is a repetition of the one that holds it. An exact id claims itself
   * alone. An event known by time claims the 30-second bucket it falls in and the four after it,
   * so two events at most 120 s apart always share a bucket, wherever the boundaries lie and
   * whichever is stored first, and two that are 150 s or more apart never do.
   */
  claims: string[];
}

function inWindow(by: GhlEventKey['by'], identity: string, receivedAt: number): GhlEventKey {
  const bucket = Math.floor(receivedAt / BUCKET_MS);
  const claims = Array.from(
    { length: ghlWindowMs / BUCKET_MS + 1 },
    (_, offset) => `${identity}:${bucket + offset}`,
  );
  return { by, key: claims[0] ?? null, claims };
}

function exact(by: GhlEventKey['by'], key: string): GhlEventKey {
  return { by, key, claims: [key] };
}

/**
 * The identity of an event from GoHighLevel: its event or webhook id, else the call's id, else
 * its conversation within the window (a conversation lasts as long as the contact, so by itself
 * it would swallow every later call), else the caller and the called number or location within
 * the window. A contact id never identifies an event. Withheld callers have no identity: they are
 * never taken for one another.
 *
 * @param receivedAt milliseconds since the epoch
 */
export function ghlEventKey(
  call: GhlCall,
  receivedAt: number,
  defaultRegion?: string,
): GhlEventKey {
  if (call.event_id !== null) return exact('event_id', `ghl:event:${call.event_id}`);
  // A call that still rings is another event than its end; all ends of one call are one event.
  const stage = decideGhlCall(call).final ? '' : `:${call.call_status}`;
  if (call.call_id !== null) return exact('call_id', `ghl:call:${call.call_id}${stage}`);
  if (call.conversation_id !== null) {
    const identity = `ghl:conversation:${call.conversation_id}${stage}`;
    return inWindow('conversation_id', identity, receivedAt);
  }
  const phone = isWithheld(call.phone) ? null : normalizePhone(call.phone, defaultRegion).key;
  if (phone === null) return { by: 'none', key: null, claims: [] };
  const place = normalizePhone(call.called, defaultRegion).key ?? call.location_id ?? '';
  return inWindow('phone_window', `ghl:phone:${phone}:${place}${stage}`, receivedAt);
}
