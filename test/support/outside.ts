import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';

import type { TestService } from './service.js';

/** Makes every unit of work that routes wait until it is released. */
export async function holdRouting({ database }: TestService): Promise<() => Promise<void>> {
  if (database.location.kind === 'sqlite') {
    const other = new BetterSqlite3(database.location.file);
    other.exec('begin immediate');
    return () => {
      other.close();
      return Promise.resolve();
    };
  }
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  // The key of the service's advisory lock: "leadloop" in ASCII.
  const key = Buffer.from('leadloop').readBigInt64BE().toString();
  await client.query(`select pg_advisory_lock(${key})`);
  return () => client.end();
}
