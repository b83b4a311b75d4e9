import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';

import type { TestService } from '../../support/service.js';

async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Takes the database away from a service and gives it back with the function it answers. SQLite:
 * somebody else holds the write lock. PostgreSQL: every connection is cut and new ones are refused.
 */
export async function takeDatabaseAway({ database }: TestService): Promise<() => Promise<void>> {
  if (database.location.kind === 'sqlite') {
    const other = new BetterSqlite3(database.location.file);
    other.exec('begin immediate');
    return () => Promise.resolve(void other.close());
  }
  const name = new URL(database.url).pathname.slice(1);
  await onServer(async (client) => {
    await client.query(`alter database ${name} with allow_connections false`);
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [name],
    );
  });
  return () =>
    onServer((client) => client.query(`alter database ${name} with allow_connections true`));
}
