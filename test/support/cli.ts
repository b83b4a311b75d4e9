import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse } from 'csv-parse/sync';

import { openStore } from '../../scoring-service/src/db/open.js';
import type { Store } from '../../scoring-service/src/db/store.js';
import { buildService } from './build.js';
import type { TestDatabase } from './databases.js';
import { runNode, startNode, type TestProcess } from './process.js';
import { ADMIN_KEY } from './service.js';

/** The command line as real processes, and a folder for its files. */
export interface Cli {
  run(
    database: TestDatabase,
    ...args: string[]
  ): Promise<{ code: number | null; output: string; signal: NodeJS.Signals | null }>;
  start(database: TestDatabase, ...args: string[]): TestProcess;
  /** A service on the database; its address. */
  serve(database: TestDatabase): Promise<TestProcess & { address: string }>;
  path(name: string): string;
  /** Writes a file of the folder; its path. */
  file(name: string, content: string | Uint8Array): string;
  read(name: string): string;
  /** A CSV file's rows by column. */
  rows(name: string): Record<string, string>[];
  remove(): void;
}

export function createCli(): Cli {
  const build = buildService();
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-cli-'));
  const env = (database: TestDatabase): Record<string, string> => ({
    DATABASE_URL: database.url,
    LEADLOOP_ADMIN_KEY: ADMIN_KEY,
    LOG_LEVEL: 'silent',
    PORT: '0',
  });
  const path = (name: string): string => join(folder, name);
  const read = (name: string): string => readFileSync(path(name), 'utf8');
  return {
    run: (database, ...args) => runNode([build.bin, ...args], env(database)),
    start: (database, ...args) => startNode([build.bin, ...args], env(database)),
    async serve(database) {
      const served = startNode([build.bin, 'serve'], env(database));
      const [, address = ''] = await served.waitFor(/listens on (http:\S+)/);
      return { ...served, address };
    },
    path,
    file(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
    read,
    rows: (name) =>
      parse(read(name), { bom: true, columns: true, relax_column_count: true }) as Record<
        string,
        string
      >[],
    remove() {
      build.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A look into a database, from outside of whatever works on it. */
export async function look<T>(
  database: TestDatabase,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStore({ location: database.location });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
