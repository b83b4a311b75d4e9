import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SYSTEM } from '../../../scoring-service/src/events/activity.js';
import { importSuppressions } from '../../../scoring-service/src/messaging/import-suppressions.js';
import { DATABASES } from '../../support/databases.js';
import { ANN, BOB, startResponse } from './support.js';

describe.each(DATABASES)('importing a suppression list on %s', (database) => {
  test('takes what it can, reports the rest by line, and may be repeated', async () => {
    const service = await startResponse(database);
    const folder = mkdtempSync(join(tmpdir(), 'leadloop-import-'));
    try {
      const file = join(folder, 'list.csv');
      writeFileSync(
        file,
        '\ufeffReason,Phone,Email\n"asked, twice",(202) 555-0123,\n,,BOB@example.com\n,,\n,12,\n,,not an address\nold list,+12025550145,\n',
      );
      const run = () => importSuppressions({ ...service, defaultRegion: 'US' }, file, SYSTEM);
      const refused = [
        { line: 4, reason: 'neither a phone nor an e-mail' },
        { line: 5, reason: 'the phone is no phone number' },
        { line: 6, reason: 'the e-mail is no address' },
      ];
      expect(await run()).toEqual({ taken: 3, refused });
      expect(await run()).toEqual({ taken: 3, refused });
      const { body } = await service.get<{ data: unknown[] }>('/api/suppressions');
      expect(body.data).toMatchObject([
        { phone: BOB, reason: 'old list', source: 'import' },
        { email: 'bob@example.com', reason: 'imported' },
        { phone: ANN, reason: 'asked, twice' },
      ]);
      expect((await service.missed(ANN)).acknowledgement.reason_code).toBe('suppressed');
    } finally {
      rmSync(folder, { recursive: true });
      await service.stop();
    }
  });
});
