import { mkdirSync } from 'node:fs';

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';

import { launchBrowser } from '../support/browser.js';
import { SESSION_COOKIE, signedIn, type Person } from '../support/dashboard.js';
import { populate, screensOf } from '../support/populate.js';
import { startTestService, type TestService } from '../support/service.js';

/** Pictures are for looking at: SCREENSHOTS=yes writes them to an ignored folder. */
const PICTURES = process.env.SCREENSHOTS === 'yes';
const FOLDER = new URL('../../.tmp/screenshots/', import.meta.url).pathname;
const WIDTHS = [360, 1440];

describe('every screen', () => {
  let service: TestService;
  let browser: Browser;
  let person: Person;
  let screens: Record<string, string>;

  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    [service, browser] = await Promise.all([startTestService('sqlite'), launchBrowser()]);
    screens = screensOf(await populate(service));
    person = await signedIn(service, 'admin');
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });

  /** What the theme can change: the rest is the same document. */
  const ABOUT_COLOURS = ['color-contrast', 'link-in-text-block'];

  test('is without a violation of accessibility rules in both themes and fits 360 and 1440 pixels', async () => {
    const found: string[] = [];
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.on('pageerror', (error) => found.push(`script: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') found.push(`console: ${message.text()}`);
    });
    page.on('dialog', (dialog) => {
      found.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });

    // No page has frames, so there is no need of the detour through a page of axe's own.
    const axe = () => new AxeBuilder({ page }).setLegacyMode();
    const check = async (name: string, builder: AxeBuilder): Promise<void> => {
      const { violations } = await builder.analyze();
      for (const { id, nodes } of violations) {
        for (const node of nodes.slice(0, 3)) {
          found.push(`${name}: ${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`);
        }
      }
    };
    const visit = async (name: string, path: string): Promise<void> => {
      await page.emulateMedia({ colorScheme: 'light' });
      const response = await page.goto(`${service.address}${path}`);
      if (response?.status() !== 200) found.push(`${name}: HTTP ${String(response?.status())}`);
      await check(`${name}, light`, axe());
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        if (theme === 'dark') {
          await check(`${name}, dark`, axe().withRules(ABOUT_COLOURS));
        }
        if (theme === 'dark' && !PICTURES) continue;
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          const overflow = await page.evaluate(
            'document.documentElement.scrollWidth - window.innerWidth',
          );
          if (Number(overflow) > 0) {
            found.push(`${name}: ${String(overflow)} px too wide at ${width}`);
          }
          if (PICTURES) {
            const picture = `${FOLDER}${name}-${theme}-${width}.png`;
            await page.screenshot({ path: picture, fullPage: name !== 'docs' });
          }
        }
      }
    };
    await visit('sign-in', '/sign-in');
    await context.addCookies([{ name: SESSION_COOKIE, value: person.token, url: service.address }]);
    for (const [name, path] of Object.entries(screens)) await visit(name, path);
    await context.close();
    expect(found).toEqual([]);
  }, 600_000);
});
