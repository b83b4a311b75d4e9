import type { Kysely } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';

import type { Database } from '../schema.js';
import type { MigrationContext } from './context.js';
import * as routing from './001-routing.js';
import * as delivery from './002-delivery.js';
import * as leadResponse from './003-lead-response.js';
import * as qualification from './004-qualification.js';
import * as subscriptions from './005-subscriptions.js';
import * as users from './006-users.js';
import * as switches from './007-switches.js';
import * as orderSnapshots from './008-order-snapshots.js';
import * as backtests from './009-backtests.js';
import * as erasure from './010-erasure.js';

interface NumberedMigration {
  up(db: Kysely<unknown>, context: MigrationContext): Promise<void>;
}

/** One list for both databases. A released entry is never edited; a change is a new entry. */
const MIGRATIONS: Record<string, NumberedMigration> = {
  '001-routing': routing,
  '002-delivery': delivery,
  '003-lead-response': leadResponse,
  '004-qualification': qualification,
  '005-subscriptions': subscriptions,
  '006-users': users,
  '007-switches': switches,
  '008-order-snapshots': orderSnapshots,
  '009-backtests': backtests,
  '010-erasure': erasure,
};

function provider(context: MigrationContext): MigrationProvider {
  const migrations: Record<string, Migration> = {};
  for (const [name, migration] of Object.entries(MIGRATIONS)) {
    migrations[name] = { up: (db: Kysely<unknown>) => migration.up(db, context) };
  }
  return { getMigrations: () => Promise.resolve(migrations) };
}

/** Brings the schema to the newest version; the names of what was applied. Safe to call twice at once. */
export async function migrate(db: Kysely<Database>, context: MigrationContext): Promise<string[]> {
  const migrator = new Migrator({ db, provider: provider(context) });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(String(error));
  return (results ?? []).map((result) => result.migrationName);
}

/** Throws unless every migration has been applied. */
export async function checkSchema(db: Kysely<Database>): Promise<void> {
  const rows = await db
    .selectFrom('kysely_migration' as never)
    .select('name' as never)
    .execute();
  const applied = new Set((rows as { name: string }[]).map((row) => row.name));
  const missing = Object.keys(MIGRATIONS).filter((name) => !applied.has(name));
  if (missing.length > 0) {
    throw new Error(
      `The database lacks the migrations ${missing.join(', ')}. Run: leadloop migrate`,
    );
  }
}
