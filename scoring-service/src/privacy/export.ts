import { iso, type Clock } from '../core/clock.js';
import type { Store } from '../db/store.js';
import { findPerson, personNotFound, type FindDeps } from './find.js';
import { PERSONAL_TABLES, type Holdings, type PersonalTable } from './personal-tables.js';
import type { PersonExport, PersonQuery } from './privacy-schema.js';

type Row = Record<string, unknown>;

/** A structure that is stored as text, as the structure it is. */
function readable(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

async function rowsOf(store: Store, spec: PersonalTable, held: Holdings): Promise<Row[]> {
  const hidden = new Set(spec.hidden);
  const rows = (await store.db
    .selectFrom(spec.table)
    .selectAll()
    .where((where) =>
      where.or(spec.rows.map(([column, holding]) => store.anyOf(column, held[holding]))),
    )
    .execute()) as Row[];
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([column]) => !hidden.has(column))
        .map(([column, value]) => [column, readable(value)]),
    ),
  );
}

/**
 * All that is stored about one person, table by table. Secrets and what only the service's workers
 * use are left out. Errors: 404 `person_not_found`.
 */
export async function exportPerson(
  deps: FindDeps & { clock: Clock },
  query: PersonQuery,
): Promise<PersonExport> {
  const held = await findPerson(deps, query);
  if (held === null) throw personNotFound();
  const data: PersonExport['data'] = {};
  for (const spec of PERSONAL_TABLES) {
    const rows = await rowsOf(deps.store, spec, held);
    if (rows.length > 0) data[spec.table] = rows;
  }
  return {
    exported_at: iso(deps.clock.now()),
    lead_ids: held.leads,
    phones: held.phones,
    emails: held.emails,
    data,
  };
}
