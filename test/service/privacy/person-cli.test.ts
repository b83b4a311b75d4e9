import { readFileSync, statSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildService, type Build } from '../../support/build.js';
import { intake, readLead } from '../../support/builders.js';
import { DATABASES } from '../../support/databases.js';
import { runNode } from '../../support/process.js';
import { startTestService, type TestService } from '../../support/service.js';
import { tracesIn } from './someone.js';

let build: Build;
beforeAll(() => {
  build = buildService();
});
afterAll(() => build.remove());

describe.each(DATABASES)('leadloop person on %s', (database) => {
  let service: TestService;
  let folder: string;
  let leadId: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'leadloop-person-'));
    service = await startTestService(database);
    leadId = (
      await intake(service, {
        ghl_contact_id: 'c1',
        first_name: 'Zephyrine',
        phone: '(202) 555-0177',
        email: 'zephyrine@example.com',
      })
    ).lead_id;
  });
  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const person = (...args: string[]) =>
    runNode([build.bin, 'person', ...args], { DATABASE_URL: service.database.url });

  test('writes a file for its owner alone, erases when told twice, beside a running service', async () => {
    const output = join(folder, 'person.json');
    const exported = await person('export', '--phone', '+12025550177', '--output', output);
    expect([exported.code, exported.output]).toEqual([0, `1 lead written to ${output}.\n`]);
    expect(JSON.parse(readFileSync(output, 'utf8'))).toMatchObject({
      lead_ids: [leadId],
      data: { leads: [{ first_name: 'Zephyrine' }] },
    });
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const again = await person('export', '--phone', '+12025550177', '--output', output);
    expect([again.code, again.output]).toEqual([1, expect.stringContaining('EEXIST')]);

    const asked = await person('erase', '--email', 'Zephyrine@example.com');
    expect([asked.code, asked.output]).toEqual([1, expect.stringContaining(leadId)]);
    expect(await readLead(service, leadId)).toMatchObject({ first_name: 'Zephyrine' });
    const done = await person('erase', '--email', 'Zephyrine@example.com', '--yes');
    expect([done.code, JSON.parse(done.output)]).toMatchObject([0, { lead_ids: [leadId] }]);
    expect([...(await tracesIn(service.database, ['zephyrine', '2025550177'])).keys()]).toEqual([]);

    const gone = await person('export', '--email', 'zephyrine@example.com');
    expect([gone.code, gone.output]).toEqual([1, 'Nothing is stored about this person.\n']);
  });

  test('says what is missing', async () => {
    const { code, output } = await person('export');
    expect([code, output]).toEqual([1, 'lead_ids: lead_ids, phone or email is required\n']);
    const wrong = await person('erase', '--lead', 'x', '--yes');
    expect([wrong.code, wrong.output]).toEqual([1, 'lead_ids.0: must be an id (UUID)\n']);
  });
});
