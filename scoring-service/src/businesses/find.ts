import type { Store } from '../db/store.js';
import { all, first, type Unit } from '../db/unit.js';
import type { Business } from './business-schema.js';
import { requireBusiness } from './businesses.js';

/** What of an event may tell which business it is for. */
export interface BusinessHints {
  /** E.164 numbers, the most telling first. */
  phones?: readonly (string | null | undefined)[];
  ghlLocationId?: string | null;
  businessId?: string | null;
}

/**
 * The business an event is for: by id, by the number called or written to, by its GHL location,
 * else the default one. Its row is locked until the unit ends, on PostgreSQL with FOR UPDATE: all
 * units that match or make leads of one business run one after another, in every replica, so that
 * two events at once see each other's leads. On SQLite the write lane does the same for everything.
 */
export function* lockBusiness(store: Store, hints: BusinessHints): Unit<Business> {
  return yield* requireBusiness(store, yield* findBusinessId(store, hints));
}

function* findBusinessId(store: Store, hints: BusinessHints): Unit<string> {
  const { db } = store;
  if (hints.businessId != null) return hints.businessId;
  const phones = (hints.phones ?? []).filter((phone) => phone != null);
  if (phones.length > 0) {
    const found = yield* all(
      db.selectFrom('business_phones').selectAll().where(store.anyOf('phone', phones)),
    );
    for (const phone of phones) {
      const match = found.find((row) => row.phone === phone);
      if (match !== undefined) return match.business_id;
    }
  }
  if (hints.ghlLocationId != null) {
    const match = yield* first(
      db.selectFrom('businesses').select('id').where('ghl_location_id', '=', hints.ghlLocationId),
    );
    if (match !== undefined) return match.id;
  }
  const fallback = yield* first(
    db.selectFrom('businesses').select('id').where('is_default', '=', 1),
  );
  if (fallback === undefined) throw new Error('There is no default business.');
  return fallback.id;
}
