import { iso } from '../core/clock.js';
import { AppError, conflict, invalid, notFound, staleVersion } from '../core/errors.js';
import type { BusinessesTable } from '../db/tables/businesses.js';
import type { Store } from '../db/store.js';
import { all, first, insertMany, run, type Unit } from '../db/unit.js';
import { difference, recordActivity, type Actor } from '../events/activity.js';
import {
  toE164,
  type Business,
  type CreateBusiness,
  type UpdateBusiness,
} from './business-schema.js';
import type { BusinessesDeps } from './deps.js';

export const DEFAULT_HOURS = [{ days: [1, 2, 3, 4, 5], start: '09:00', end: '17:00' }];

const parse = <T>(text: string): T => JSON.parse(text) as T;

/** A business's row as the API shows it. */
export function toBusiness(row: BusinessesTable, locked: readonly string[] = []): Business {
  return {
    ...row,
    phones: parse(row.phones),
    hours: parse(row.hours),
    dates_off: parse(row.dates_off),
    services: parse(row.services),
    service_areas: parse(row.service_areas),
    templates: parse(row.templates),
    urgent_keywords: parse(row.urgent_keywords),
    qualification_enabled: row.qualification_enabled === 1,
    booking_link_enabled: row.booking_link_enabled === 1,
    is_default: row.is_default === 1,
    locked: row.is_default === 1 ? [...locked] : [],
  };
}

export function toRow({ locked: _locked, ...business }: Business): BusinessesTable {
  return {
    ...business,
    phones: JSON.stringify(business.phones),
    hours: JSON.stringify(business.hours),
    dates_off: JSON.stringify(business.dates_off),
    services: JSON.stringify(business.services),
    service_areas: JSON.stringify(business.service_areas),
    templates: JSON.stringify(business.templates),
    urgent_keywords: JSON.stringify(business.urgent_keywords),
    qualification_enabled: business.qualification_enabled ? 1 : 0,
    booking_link_enabled: business.booking_link_enabled ? 1 : 0,
    is_default: business.is_default ? 1 : 0,
  };
}

/** The business in a unit, its row locked until the unit ends; 404 when there is none. */
export function* requireBusiness(store: Store, id: string): Unit<Business> {
  const row = yield* first(
    store.locked(store.db.selectFrom('businesses').selectAll().where('id', '=', id), 'wait'),
  );
  if (row === undefined) throw notFound('business', id);
  return toBusiness(row);
}

function phonesOf(phones: readonly string[], defaultRegion: string): string[] {
  const numbers = phones.map((phone) => toE164(phone, defaultRegion));
  const bad = phones.filter((_phone, index) => numbers[index] === undefined);
  if (bad.length > 0) throw invalid({ phones: 'must be phone numbers, with their country code' });
  return [...new Set(numbers.filter((number) => number !== undefined))];
}

function* checkReferences(store: Store, business: Business): Unit<void> {
  const { db } = store;
  const taken = yield* all(
    db
      .selectFrom('business_phones')
      .select('phone')
      .where(store.anyOf('phone', business.phones))
      .where('business_id', '!=', business.id),
  );
  if (taken.length > 0) {
    throw conflict('phone_taken', 'A number belongs to another business already.', {
      phones: taken.map(({ phone }) => phone),
    });
  }
  if (business.ghl_location_id !== null) {
    const other = yield* first(
      db
        .selectFrom('businesses')
        .select('id')
        .where('ghl_location_id', '=', business.ghl_location_id)
        .where('id', '!=', business.id),
    );
    if (other !== undefined) {
      throw conflict('location_taken', 'The location belongs to another business already.');
    }
  }
  if (business.default_owner_id === null) return;
  const owner = yield* first(
    db
      .selectFrom('staff')
      .select('id')
      .where('id', '=', business.default_owner_id)
      .where('business_id', '=', business.id),
  );
  if (owner === undefined) throw invalid({ default_owner_id: 'names nobody of this business' });
}

function* writePhones({ db }: Store, business: Business): Unit<void> {
  yield* run(db.deleteFrom('business_phones').where('business_id', '=', business.id));
  yield* insertMany(
    'business_phones',
    business.phones.map((phone) => ({ phone, business_id: business.id })),
  );
}

/** Makes a business. Errors: 409 `phone_taken`, `location_taken`. */
export function* createBusiness(
  { store, runtime, timezone, defaultRegion }: BusinessesDeps,
  input: CreateBusiness,
  actor: Actor,
  isDefault = false,
): Unit<Business> {
  const at = runtime.clock.now();
  const callback = input.callback_number;
  const business: Business = {
    ...input,
    id: runtime.newId(),
    phones: phonesOf(input.phones, defaultRegion),
    timezone: input.timezone ?? timezone,
    hours: input.hours ?? DEFAULT_HOURS,
    callback_number: callback ?? null,
    booking_url: input.booking_url ?? null,
    review_url: input.review_url ?? null,
    urgent_route: input.urgent_route ?? null,
    default_owner_id: input.default_owner_id ?? null,
    ghl_location_id: input.ghl_location_id ?? null,
    is_default: isDefault,
    locked: [],
    version: 1,
    created_at: iso(at),
    updated_at: iso(at),
  };
  yield* checkReferences(store, business);
  yield* run(store.db.insertInto('businesses').values(toRow(business)));
  yield* writePhones(store, business);
  yield* recordActivity(
    [
      {
        actor,
        action: 'business.created',
        subjectType: 'business',
        subjectId: business.id,
        after: { ...business },
      },
    ],
    at,
    runtime.newId,
  );
  return business;
}

/** Writes what differs, with a new version; the business as it was when nothing does. */
export function* saveBusiness(
  { store, runtime }: BusinessesDeps,
  before: Business,
  change: Partial<Business>,
  actor: Actor,
): Unit<Business> {
  const changed = difference(before, { ...before, ...change });
  if (changed === null) return before;
  const at = runtime.clock.now();
  const business = { ...before, ...change, version: before.version + 1, updated_at: iso(at) };
  yield* checkReferences(store, business);
  yield* run(store.db.updateTable('businesses').set(toRow(business)).where('id', '=', business.id));
  yield* writePhones(store, business);
  yield* recordActivity(
    [
      {
        actor,
        action: 'business.updated',
        subjectType: 'business',
        subjectId: business.id,
        ...changed,
      },
    ],
    at,
    runtime.newId,
  );
  return business;
}

/**
 * Edits the copy that the caller read. Errors: 409 `stale_version`; 409 `set_by_environment` for a
 * field that an environment variable fixes.
 */
export function* updateBusiness(
  deps: BusinessesDeps,
  id: string,
  { version, ...change }: UpdateBusiness,
  actor: Actor,
): Unit<Business> {
  const before = yield* requireBusiness(deps.store, id);
  if (before.version !== version) throw staleVersion(before.version);
  const given = Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as Partial<Business>;
  if (given.phones !== undefined) given.phones = phonesOf(given.phones, deps.defaultRegion);
  if (before.is_default) refuseLocked(deps, before, given);
  const locked = Object.keys(deps.environment);
  const saved = yield* saveBusiness(deps, before, given, actor);
  return { ...saved, locked: saved.is_default ? locked : [] };
}

function refuseLocked(
  { environment }: BusinessesDeps,
  before: Business,
  given: Partial<Business>,
): void {
  const fixed = Object.keys(environment).filter((name) => {
    const key = name as keyof typeof environment;
    if (given[key] === undefined) return false;
    // More numbers may be added to the one that the environment names.
    if (key === 'phones') return !environment.phones?.every((p) => given.phones?.includes(p));
    return JSON.stringify(given[key]) !== JSON.stringify(before[key]);
  });
  if (fixed.length === 0) return;
  throw new AppError(
    'set_by_environment',
    409,
    `Set by an environment variable and not to be changed here: ${fixed.join(', ')}.`,
    { details: { fields: fixed } },
  );
}
