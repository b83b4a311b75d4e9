import { openReader } from '../../scoring-service/src/db/reader.js';
import { createDatabase, DATABASES } from '../support/databases.js';

describe.each(DATABASES)('a reader on %s', (name) => {
  test('reads, finds by lists of ids, and cannot write from its first statement on', async () => {
    const database = await createDatabase(name);
    const reader = openReader(database.location);
    const value = { name: 'x', value: '{}', updated_at: '2026-01-01T00:00:00.000Z' };
    const write = reader.db.insertInto('settings').values(value);
    await expect(write.execute()).rejects.toThrow();
    const found = reader.db
      .selectFrom('settings')
      .selectAll()
      .where(reader.anyOf('name', ['x']));
    expect(await found.execute()).toEqual([]);
    await reader.close();
    await database.drop();
  });
});
