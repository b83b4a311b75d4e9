import { sql, type Kysely } from 'kysely';

import type { MigrationContext } from './context.js';
import { routingLogsViewWithSnapshots } from './snapshot-rows-view.js';

/** Decisions say how the orders stood by naming a snapshot; those already stored stay as they are. */
export async function up(db: Kysely<unknown>, { dialect }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('order_snapshots')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('set_id', 'text', (c) => c.notNull())
    .addColumn('states', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.alterTable('decisions').addColumn('snapshot_id', 'text').execute();
  await db.schema.alterTable('decisions').addColumn('changes', 'text').execute();
  await sql`drop view routing_logs`.execute(db);
  await routingLogsViewWithSnapshots(dialect).execute(db);
}
