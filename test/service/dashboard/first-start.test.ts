import { startService } from '../../../scoring-service/src/main.js';
import { makeUserLink, showUsers } from '../../../scoring-service/src/cli/users.js';
import { silentLog } from '../../../scoring-service/src/core/log.js';
import { readSettings } from '../../../scoring-service/src/settings/settings.js';
import { getPage, postForm } from '../../support/dashboard.js';
import { createDatabase, DATABASES } from '../../support/databases.js';

describe.each(DATABASES)('the first start on %s', (database) => {
  test('gives a link for the first admin until there is one, and names the public address', async () => {
    const location = await createDatabase(database);
    const start = (env: Record<string, string> = {}) =>
      startService({
        settings: readSettings({ DATABASE_URL: location.url, PORT: '0', ...env }, '/'),
        version: 'test',
        log: silentLog,
      });
    try {
      const first = await start({ PUBLIC_URL: 'https://leads.example.com/' });
      expect(first.firstLink).toMatch(/^https:\/\/leads\.example\.com\/sign-in\?link=[\w-]{43}$/);
      expect(first.firstKey).toMatch(/^ll_/);
      await first.stop();

      const second = await start();
      expect(second.firstKey).toBeNull();
      expect(second.firstLink).toContain(`${second.address}/sign-in?link=`);
      const link = second.firstLink?.split('link=')[1] ?? '';
      expect((await getPage(second, `/sign-in?link=${link}`)).status).toBe(200);
      const made = await postForm(second, '/sign-in', {
        do: 'use_link',
        link,
        name: 'Ann Example',
        email: 'ann@example.com',
        password: 'correct horse battery',
      });
      expect(made.status).toBe(303);
      await second.stop();

      const third = await start();
      expect(third.firstLink).toBeNull();
      const said: string[] = [];
      const settings = readSettings(
        { DATABASE_URL: location.url, PUBLIC_URL: 'https://leads.example.com' },
        '/',
      );
      await makeUserLink(settings, 'ANN@example.com', (text) => said.push(text));
      const [, again] =
        /^ +https:\/\/leads\.example\.com(\/sign-in\?link=\S+)$/m.exec(said.join('\n')) ?? [];
      expect((await getPage(third, again ?? '')).text).toContain('Choose a password');
      await showUsers(settings, (text) => said.push(text));
      expect(said.at(-1)).toMatch(/ann@example\.com {2}admin {2}active/);
      await expect(makeUserLink(settings, 'bob@example.com', () => undefined)).rejects.toThrow(
        'No user has the e-mail bob@example.com.',
      );
      await third.stop();
    } finally {
      await location.drop();
    }
  });
});
