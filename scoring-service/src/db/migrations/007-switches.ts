import type { Kysely } from 'kysely';

/** Forms that take nothing for a while, subscriptions that wait, and when one was last reached. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('forms').addColumn('disabled_at', 'text').execute();
  await db.schema.alterTable('subscriptions').addColumn('paused_at', 'text').execute();
  await db.schema.alterTable('subscriptions').addColumn('last_success_at', 'text').execute();
}
