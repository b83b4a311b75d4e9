import type { Settings } from '../settings/settings.js';
import { parseWeeklyHours } from '../hours/parse.js';
import { all, first, run, type Unit } from '../db/unit.js';
import { SYSTEM } from '../events/activity.js';
import { createBusinessSchema, toE164, type Business } from './business-schema.js';
import { createBusiness, saveBusiness, toBusiness } from './businesses.js';
import type { BusinessesDeps, EnvironmentBusiness } from './deps.js';

/** The name a business has until somebody gives it one; texts that would carry it are not sent. */
export const UNNAMED = 'Unnamed business';

/** What the environment fixes of the default business. */
export function environmentBusiness(settings: Settings): EnvironmentBusiness {
  const hours =
    settings.BUSINESS_HOURS === undefined ? undefined : parseWeeklyHours(settings.BUSINESS_HOURS);
  const phone =
    settings.BUSINESS_PHONE === undefined
      ? undefined
      : toE164(settings.BUSINESS_PHONE, settings.DEFAULT_REGION);
  const found: EnvironmentBusiness = {
    name: settings.BUSINESS_NAME?.trim(),
    phones: phone === undefined ? undefined : [phone],
    timezone: settings.BUSINESS_TIMEZONE,
    hours:
      hours?.ok === true ? [...hours.windows].map((w) => ({ ...w, days: [...w.days] })) : undefined,
    callback_number: settings.CALLBACK_NUMBER,
    booking_url: settings.CALENDLY_BOOKING_URL,
    review_url: settings.REVIEW_URL,
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, value]) => value !== undefined),
  ) as EnvironmentBusiness;
}

/**
 * Sees that there is a default business and that what the environment says of it holds. A variable
 * that is set wins over what is stored, one that is not leaves it alone; numbers that an operator
 * added stay. Safe to run in several replicas at once, and again at every start.
 */
export function* ensureDefaultBusiness(deps: BusinessesDeps): Unit<Business> {
  const { store, environment } = deps;
  const stored = () =>
    first(
      store.locked(
        store.db.selectFrom('businesses').selectAll().where('is_default', '=', 1),
        'wait',
      ),
    );
  const row = yield* stored();
  if (row === undefined) {
    const input = createBusinessSchema.parse({ name: UNNAMED });
    const { callback_number, booking_url, review_url, ...rest } = environment;
    return yield* createBusiness(
      deps,
      {
        ...input,
        ...rest,
        callback_number: callback_number ?? undefined,
        booking_url: booking_url ?? undefined,
        review_url: review_url ?? undefined,
      },
      SYSTEM,
      true,
    );
  }
  const before = toBusiness(row);
  const phones = [...new Set([...(environment.phones ?? []), ...before.phones])];
  yield* freePhones(deps, before.id);
  return yield* saveBusiness(deps, before, { ...environment, phones }, SYSTEM);
}

/** A number that the environment gives to the default business belongs to no other one. */
function* freePhones({ store, environment }: BusinessesDeps, id: string): Unit<void> {
  const wanted = environment.phones ?? [];
  if (wanted.length === 0) return;
  const others = yield* all(
    store.db
      .selectFrom('businesses')
      .innerJoin('business_phones', 'business_phones.business_id', 'businesses.id')
      .select(['businesses.id', 'businesses.phones'])
      .where(store.anyOf('business_phones.phone', wanted))
      .where('businesses.id', '!=', id),
  );
  for (const other of others) {
    const left = (JSON.parse(other.phones) as string[]).filter((phone) => !wanted.includes(phone));
    yield* run(
      store.db
        .updateTable('businesses')
        .set({ phones: JSON.stringify(left) })
        .where('id', '=', other.id),
    );
    yield* run(
      store.db
        .deleteFrom('business_phones')
        .where('business_id', '=', other.id)
        .where(store.anyOf('phone', wanted)),
    );
  }
}
