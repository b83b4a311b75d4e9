import { lockBusiness } from '../businesses/find.js';
import { iso, type Runtime } from '../core/clock.js';
import { conflict, notFound, staleVersion } from '../core/errors.js';
import { decodeCursor, pageOf, type Page } from '../core/paging.js';
import type { FormsTable } from '../db/tables/businesses.js';
import type { Store } from '../db/store.js';
import { first, run, type Unit } from '../db/unit.js';
import { difference, recordActivity, type Actor } from '../events/activity.js';
import type { CreateForm, Form, UpdateForm } from './form-schema.js';

export interface FormsDeps {
  store: Store;
  runtime: Runtime;
}

export function toForm({ secret, ...row }: FormsTable): Form {
  return {
    ...row,
    required_fields: JSON.parse(row.required_fields) as string[],
    has_secret: secret !== null,
  };
}

/** Registers a form: its business, what it must contain, its own secret. 409 `form_taken`. */
export function* createForm(
  { store, runtime }: FormsDeps,
  input: CreateForm,
  actor: Actor,
): Unit<Form> {
  const at = runtime.clock.now();
  const business = yield* lockBusiness(store, { businessId: input.business_id });
  const row: FormsTable = {
    id: runtime.newId(),
    form_id: input.form_id,
    name: input.name,
    business_id: business.id,
    required_fields: JSON.stringify(input.required_fields),
    secret: input.secret ?? null,
    disabled_at: null,
    version: 1,
    created_at: iso(at),
    updated_at: iso(at),
  };
  const made = yield* run(
    store.db
      .insertInto('forms')
      .values(row)
      .onConflict((conflicting) => conflicting.doNothing()),
  );
  if (made === 0) throw conflict('form_taken', 'A form with this form_id is registered already.');
  const form = toForm(row);
  yield* recordActivity(
    [
      {
        actor,
        action: 'form.created',
        subjectType: 'form',
        subjectId: form.id,
        after: { ...form },
      },
    ],
    at,
    runtime.newId,
  );
  return form;
}

function disabledAt(before: string | null, wanted: boolean | undefined, at: number): string | null {
  if (wanted === undefined) return before;
  return wanted ? (before ?? iso(at)) : null;
}

/** Edits the copy that the caller read: 409 `stale_version` when it is outdated. */
export function* updateForm(
  { store, runtime }: FormsDeps,
  id: string,
  { version, ...change }: UpdateForm,
  actor: Actor,
): Unit<Form> {
  const before = yield* first(
    store.locked(store.db.selectFrom('forms').selectAll().where('id', '=', id), 'wait'),
  );
  if (before === undefined) throw notFound('form', id);
  if (before.version !== version) throw staleVersion(before.version);
  if (change.business_id !== undefined) {
    yield* lockBusiness(store, { businessId: change.business_id });
  }
  const at = runtime.clock.now();
  const after: FormsTable = {
    ...before,
    name: change.name ?? before.name,
    business_id: change.business_id ?? before.business_id,
    required_fields:
      change.required_fields === undefined
        ? before.required_fields
        : JSON.stringify(change.required_fields),
    secret: change.secret === undefined ? before.secret : change.secret,
    disabled_at: disabledAt(before.disabled_at, change.disabled, at),
  };
  if (difference({ ...before }, { ...after }) === null) return toForm(before);
  const row = { ...after, version: version + 1, updated_at: iso(at) };
  yield* run(store.db.updateTable('forms').set(row).where('id', '=', id));
  const replaced = before.secret !== null && row.secret !== null && before.secret !== row.secret;
  // One secret for another changes nothing that is shown, and is told all the same.
  const shown = difference(
    { ...toForm(before), ...(replaced ? { secret: 'set' } : {}) },
    { ...toForm(row), ...(replaced ? { secret: 'replaced' } : {}) },
  );
  yield* recordActivity(
    [{ actor, action: 'form.updated', subjectType: 'form', subjectId: id, ...shown }],
    at,
    runtime.newId,
  );
  return toForm(row);
}

/** Registered forms, newest first. */
export async function listForms(
  store: Store,
  paging: { limit: number; cursor?: string },
): Promise<Page<Form>> {
  let query = store.db.selectFrom('forms').selectAll();
  if (paging.cursor !== undefined) {
    query = query.where('id', '<', decodeCursor(paging.cursor, 1)[0] ?? '');
  }
  const rows = await query
    .orderBy('id', 'desc')
    .limit(paging.limit + 1)
    .execute();
  return pageOf(rows, paging.limit, (row) => [row.id], toForm);
}

export async function getForm(store: Store, id: string): Promise<Form> {
  const row = await store.db
    .selectFrom('forms')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw notFound('form', id);
  return toForm(row);
}
