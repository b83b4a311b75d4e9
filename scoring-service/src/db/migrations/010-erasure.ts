import type { Kysely } from 'kysely';

/** Leads whose personal data was erased are kept, without it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('leads').addColumn('erased_at', 'text').execute();
}
