import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';

import { migrateDatabase } from '../../scoring-service/src/db/open.js';
import type { DatabaseLocation } from '../../scoring-service/src/settings/settings.js';

/** A database of a test's own. */
export interface TestDatabase {
  location: DatabaseLocation;
  /** For a second process or a look from outside. */
  url: string;
  drop(): Promise<void>;
}

export type DatabaseName = 'sqlite' | 'postgres';

/** Every behaviour that touches the database is tested on both. */
export const DATABASES: DatabaseName[] = ['sqlite', 'postgres'];

async function admin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  const url = new URL(process.env.TEST_DATABASE_URL ?? '');
  url.pathname = `/${name}`;
  return url.toString();
}

async function createPostgres(): Promise<TestDatabase> {
  const name = `leadloop_${randomUUID().replaceAll('-', '')}`;
  await admin((client) => client.query(`create database ${name}`));
  const url = urlOf(name);
  return {
    location: { kind: 'postgres', url },
    url,
    drop: () =>
      admin(async (client) => {
        await client.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

function createSqlite(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-test-'));
  const file = join(folder, 'leadloop.db');
  return {
    location: { kind: 'sqlite', file },
    url: `sqlite:${file}`,
    drop: () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/** A new database without a schema. */
export async function createEmptyDatabase(name: DatabaseName): Promise<TestDatabase> {
  return name === 'sqlite' ? createSqlite() : createPostgres();
}

/** A new database with the newest schema. */
export async function createDatabase(name: DatabaseName): Promise<TestDatabase> {
  const database = await createEmptyDatabase(name);
  await migrateDatabase(database.location);
  return database;
}
