import { startPostgres } from './postgres-server.mjs';

/** Brings one PostgreSQL server for the whole run; every test makes its own database on it. */
export default async function globalSetup() {
  if (process.env.TEST_DATABASE_URL) return;
  const server = await startPostgres();
  process.env.TEST_DATABASE_URL = server.url;
  globalThis.leadloopTestPostgres = server;
}
