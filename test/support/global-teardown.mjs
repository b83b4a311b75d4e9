export default async function globalTeardown() {
  await globalThis.leadloopTestPostgres?.stop();
}
