import { iso } from '../core/clock.js';
import { invalid, notFound, staleVersion } from '../core/errors.js';
import type { OwnershipRulesTable, StaffTable } from '../db/tables/businesses.js';
import type { Store } from '../db/store.js';
import { all, first, run, type Unit } from '../db/unit.js';
import { difference, recordActivity, type Actor } from '../events/activity.js';
import { toE164 } from './business-schema.js';
import type { BusinessesDeps } from './deps.js';
import { lockBusiness } from './find.js';
import type {
  CreateStaff,
  OwnershipRules,
  PutOwnershipRules,
  Staff,
  UpdateStaff,
} from './staff-schema.js';

export function toStaff(row: StaffTable): Staff {
  return {
    ...row,
    services: JSON.parse(row.services) as string[],
    areas: JSON.parse(row.areas) as string[],
    on_duty: row.on_duty === 1,
    alerts_by_text: row.alerts_by_text === 1,
  };
}

function toRow(staff: Staff): StaffTable {
  return {
    ...staff,
    services: JSON.stringify(staff.services),
    areas: JSON.stringify(staff.areas),
    on_duty: staff.on_duty ? 1 : 0,
    alerts_by_text: staff.alerts_by_text ? 1 : 0,
  };
}

/** The staff of a business, in the order in which they are told. */
export function* staffOf({ db }: Store, businessId: string): Unit<Staff[]> {
  const rows = yield* all(
    db
      .selectFrom('staff')
      .selectAll()
      .where('business_id', '=', businessId)
      .orderBy('position')
      .orderBy('id'),
  );
  return rows.map(toStaff);
}

function staffPhone(input: string | null | undefined, region: string): string | null {
  if (input == null) return null;
  const number = toE164(input, region);
  if (number === undefined) {
    throw invalid({ phone: 'must be a phone number, with its country code' });
  }
  return number;
}

/** Adds a member of staff; the first of a business becomes the default owner of its tasks. */
export function* createStaff(
  { store, runtime, defaultRegion }: BusinessesDeps,
  input: CreateStaff,
  actor: Actor,
): Unit<Staff> {
  const at = runtime.clock.now();
  const business = yield* lockBusiness(store, { businessId: input.business_id });
  const others = yield* staffOf(store, business.id);
  const staff: Staff = {
    id: runtime.newId(),
    business_id: business.id,
    name: input.name,
    phone: staffPhone(input.phone, defaultRegion),
    email: input.email ?? null,
    services: input.services,
    areas: input.areas,
    on_duty: input.on_duty,
    alerts_by_text: input.alerts_by_text,
    quiet_hours: input.quiet_hours,
    position: input.position ?? (others.at(-1)?.position ?? -1) + 1,
    version: 1,
    created_at: iso(at),
    updated_at: iso(at),
  };
  yield* run(store.db.insertInto('staff').values(toRow(staff)));
  if (business.default_owner_id === null) {
    yield* run(
      store.db
        .updateTable('businesses')
        .set({ default_owner_id: staff.id, version: business.version + 1, updated_at: iso(at) })
        .where('id', '=', business.id),
    );
  }
  yield* recordActivity(
    [
      {
        actor,
        action: 'staff.created',
        subjectType: 'staff',
        subjectId: staff.id,
        after: { ...staff },
      },
    ],
    at,
    runtime.newId,
  );
  return staff;
}

/** Edits the copy that the caller read: 409 `stale_version` when it is outdated. */
export function* updateStaff(
  { store, runtime, defaultRegion }: BusinessesDeps,
  id: string,
  { version, ...change }: UpdateStaff,
  actor: Actor,
): Unit<Staff> {
  const row = yield* first(
    store.locked(store.db.selectFrom('staff').selectAll().where('id', '=', id), 'wait'),
  );
  if (row === undefined) throw notFound('staff member', id);
  const before = toStaff(row);
  if (before.version !== version) throw staleVersion(before.version);
  const given = Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as Partial<Staff>;
  if (given.phone !== undefined) given.phone = staffPhone(given.phone, defaultRegion);
  const changed = difference(before, { ...before, ...given });
  if (changed === null) return before;
  const at = runtime.clock.now();
  const staff = { ...before, ...given, version: version + 1, updated_at: iso(at) };
  yield* run(store.db.updateTable('staff').set(toRow(staff)).where('id', '=', id));
  yield* recordActivity(
    [{ actor, action: 'staff.updated', subjectType: 'staff', subjectId: id, ...changed }],
    at,
    runtime.newId,
  );
  return staff;
}

/** A business's table of ownership rules; version 0 and no rules before the first save. */
export function toOwnershipRules(
  businessId: string,
  row: OwnershipRulesTable | undefined,
): OwnershipRules {
  return {
    business_id: businessId,
    version: row?.version ?? 0,
    rules: JSON.parse(row?.rules ?? '[]') as OwnershipRules['rules'],
  };
}

export function* ownershipRulesOf({ db }: Store, businessId: string): Unit<OwnershipRules> {
  const row = yield* first(
    db.selectFrom('ownership_rules').selectAll().where('business_id', '=', businessId),
  );
  return toOwnershipRules(businessId, row);
}

/** Replaces the whole table; a `version` given must be the stored one. */
export function* putOwnershipRules(
  { store, runtime }: BusinessesDeps,
  input: PutOwnershipRules,
  actor: Actor,
): Unit<OwnershipRules> {
  const at = runtime.clock.now();
  const business = yield* lockBusiness(store, { businessId: input.business_id });
  const before = yield* ownershipRulesOf(store, business.id);
  if (input.version !== undefined && input.version !== before.version) {
    throw staleVersion(before.version);
  }
  const known = new Set((yield* staffOf(store, business.id)).map(({ id }) => id));
  const problems = input.rules.flatMap(({ owner_id }, index) =>
    owner_id === null || known.has(owner_id)
      ? []
      : [[`rules.${index}.owner_id`, 'names nobody of this business'] as const],
  );
  if (problems.length > 0) throw invalid(Object.fromEntries(problems));
  const after: OwnershipRules = {
    business_id: business.id,
    version: before.version + 1,
    rules: input.rules.map((rule) => ({ ...rule, id: rule.id ?? runtime.newId() })),
  };
  const columns = {
    rules: JSON.stringify(after.rules),
    version: after.version,
    updated_at: iso(at),
  };
  yield* run(
    store.db
      .insertInto('ownership_rules')
      .values({ business_id: business.id, ...columns })
      .onConflict((conflict) => conflict.column('business_id').doUpdateSet(columns)),
  );
  yield* recordActivity(
    [
      {
        actor,
        action: 'ownership_rules.replaced',
        subjectType: 'business',
        subjectId: business.id,
        before: { rules: before.rules },
        after: { rules: after.rules },
      },
    ],
    at,
    runtime.newId,
  );
  return after;
}
