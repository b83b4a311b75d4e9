import { checkSchema } from '../../scoring-service/src/db/migrations/index.js';
import { migrateDatabase, openStore } from '../../scoring-service/src/db/open.js';
import { buildService, type Build } from '../support/build.js';
import { createEmptyDatabase, DATABASES } from '../support/databases.js';
import { runNode } from '../support/process.js';

let build: Build;
beforeAll(() => {
  build = buildService();
});
afterAll(() => build.remove());

describe.each(DATABASES)('migrations on %s', (name) => {
  test('several processes at once on a new database all succeed, and the schema is whole', async () => {
    const database = await createEmptyDatabase(name);
    const migrate = () => runNode([build.bin, 'migrate'], { DATABASE_URL: database.url });
    const ended = await Promise.all([migrate(), migrate(), migrate()]);
    expect(ended.map(({ code, output }) => (code === 0 ? 'ok' : output))).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(ended.filter(({ output }) => output.includes('Applied:'))).toHaveLength(1);
    expect(await migrateDatabase(database.location)).toEqual([]);
    const store = await openStore({ location: database.location });
    await expect(checkSchema(store.db)).resolves.toBeUndefined();
    await store.close();
    await database.drop();
  });
});
