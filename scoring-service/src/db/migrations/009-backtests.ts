import type { Kysely } from 'kysely';

/** Backtests and the leads that went another way in them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('backtests')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('request', 'text', (c) => c.notNull())
    .addColumn('plan', 'text')
    .addColumn('run', 'integer', (c) => c.notNull())
    .addColumn('lapses', 'integer', (c) => c.notNull())
    .addColumn('leads_done', 'integer', (c) => c.notNull())
    .addColumn('leads_total', 'integer')
    .addColumn('result', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error', 'text')
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('started_at', 'text')
    .addColumn('ended_at', 'text')
    .addColumn('expires_at', 'text')
    .addColumn('claim_id', 'text')
    .addColumn('due_at', 'text')
    .execute();
  await db.schema.createIndex('backtests_due').on('backtests').column('due_at').execute();

  await db.schema
    .createTable('backtest_differences')
    .addColumn('backtest_id', 'text', (c) => c.notNull())
    .addColumn('run', 'integer', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('lead_id', 'text', (c) => c.notNull())
    .addColumn('arrived_at', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('baseline_status', 'text', (c) => c.notNull())
    .addColumn('baseline_order_id', 'text')
    .addColumn('baseline_reason_code', 'text')
    .addColumn('proposed_status', 'text', (c) => c.notNull())
    .addColumn('proposed_order_id', 'text')
    .addColumn('proposed_reason_code', 'text')
    .addPrimaryKeyConstraint('backtest_differences_pk', ['backtest_id', 'run', 'position'])
    .execute();
}
