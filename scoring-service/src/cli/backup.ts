import { existsSync, realpathSync, rmSync, statSync } from 'node:fs';

import BetterSqlite3 from 'better-sqlite3';

import type { Settings } from '../settings/settings.js';
import { writeWhole } from './output-file.js';

/** Pages: all there can be. */
const EVERYTHING = 0x7fffffff;

/** The command that backs PostgreSQL up, without the password of the address. */
function pgDump(url: string, target: string): string {
  const address = new URL(url);
  address.password = '';
  for (const name of ['password', 'sslpassword']) address.searchParams.delete(name);
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  return `pg_dump --format=custom --file=${quoted(target)} ${quoted(address.toString())}`;
}

/** The copy must be whole before it may bear the backup's name. */
function verify(file: string): void {
  const copy = new BetterSqlite3(file);
  try {
    // One file, whatever a program that opens it next makes beside it.
    copy.pragma('journal_mode = DELETE');
    const found = copy.pragma('integrity_check', { simple: true });
    if (found !== 'ok') throw new Error(`The copy is damaged: ${String(found)}`);
    copy.prepare('select count(*) from kysely_migration').get();
  } finally {
    copy.close();
  }
}

async function copyDatabase(source: string, target: string): Promise<void> {
  const database = new BetterSqlite3(source, { readonly: true, timeout: 10_000 });
  try {
    // In one go: a copy made in steps begins anew whenever another process writes in between, and
    // beside a busy service it would never end. Readers and writers are not held up by it (WAL).
    await database.backup(target, { progress: () => EVERYTHING });
  } finally {
    database.close();
  }
  try {
    verify(target);
  } finally {
    for (const beside of ['-wal', '-shm', '-journal']) rmSync(target + beside, { force: true });
  }
}

/**
 * Copies the database as it is at one moment, while the service runs; the copy is checked before it
 * gets its name, and only its owner can read it.
 * Errors: the place is taken (unless `force`), it is the database itself, PostgreSQL.
 */
export async function backup(
  { database }: Settings,
  target: string,
  force: boolean,
  say: (text: string) => void,
): Promise<void> {
  if (database.kind === 'postgres') {
    throw new Error(
      `PostgreSQL has its own tool for backups. Run:\n  ${pgDump(database.url, target)}`,
    );
  }
  const { file } = database;
  if (!existsSync(file)) throw new Error(`There is no database at ${file}.`);
  if (existsSync(target) && realpathSync(target) === realpathSync(file)) {
    throw new Error(`${target} is the database itself.`);
  }
  await writeWhole(target, force, (temporary) => copyDatabase(file, temporary));
  say(`Backed up to ${target} (${statSync(target).size} bytes, checked).`);
}
