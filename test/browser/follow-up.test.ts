import type { Browser, BrowserContext, Page } from 'playwright-core';

import { launchBrowser } from '../support/browser.js';
import { SESSION_COOKIE, signedIn, type Person } from '../support/dashboard.js';
import { createOrder } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';

/** What people do with enquiries and around them, with scripts and without. */
describe('following up on enquiries', () => {
  let service: TestService;
  let browser: Browser;
  let admin: Person;
  const open: BrowserContext[] = [];

  beforeAll(async () => {
    [service, browser] = await Promise.all([
      startTestService('sqlite', {
        env: {
          PUBLIC_URL: 'http://leads.example.com',
          // Texts are decided and queued; nothing is sent, for no worker runs.
          TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
          TWILIO_AUTH_TOKEN: 'a-token',
          TWILIO_FROM: '+12025550100',
          BUSINESS_NAME: 'Example Dental',
          BUSINESS_TIMEZONE: 'America/New_York',
        },
      }),
      launchBrowser(),
    ]);
    admin = await signedIn(service, 'admin');
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((context) => context.close()));
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });

  const said = (page: Page) => page.getByRole('status').first().innerText();

  let serial = 0;
  /** A lead of its own, from a form. */
  const enquire = async (name: string): Promise<string> => {
    serial += 1;
    const { status, body } = await service.post<{ lead_id: string }>('/api/forms/submissions', {
      form_id: 'contact',
      fields: { name, phone: `+120255501${String(40 + serial)}` },
      consent: { sms: true },
    });
    if (status !== 200) throw new Error(`A form answered ${JSON.stringify(body)}`);
    return body.lead_id;
  };

  describe.each([
    ['with scripts', true],
    ['without scripts', false],
  ])('%s', (suffix, scripts) => {
    const visit = async (path: string): Promise<Page> => {
      const context = await browser.newContext({
        javaScriptEnabled: scripts,
        timezoneId: 'Europe/Berlin',
      });
      open.push(context);
      context.setDefaultTimeout(15_000);
      await context.addCookies([
        { name: SESSION_COOKIE, value: admin.token, url: service.address },
      ]);
      const page = await context.newPage();
      await page.goto(`${service.address}${path}`);
      return page;
    };

    test('an appointment is booked from the lead, found in the list, moved and completed', async () => {
      const name = `Ann ${suffix}`;
      const page = await visit(`/leads/${await enquire(name)}`);
      await page.getByRole('link', { name: 'Book an appointment' }).click();
      await page.getByLabel('Date and time').fill('2026-03-11T10:30');
      await page.getByLabel('Service').fill('Cleaning');
      await page.getByRole('button', { name: 'Book it' }).click();
      expect(await said(page)).toContain('The appointment is booked');
      await page.getByRole('link', { name: 'Appointments', exact: true }).click();
      await page.getByRole('link', { name }).click();
      await page.getByLabel('Date and time').fill('2026-03-12T09:00');
      await page.getByRole('button', { name: 'Save' }).click();
      expect(await said(page)).toContain('The appointment is moved');
      const facts = page.getByRole('region', { name: 'Appointment', exact: true });
      // 09:00 in New York, as the person who looks at it in Berlin reads it, or in UTC.
      const shown = facts.getByText(scripts ? /12 Mar 2026,? (at )?14:00/ : '12 Mar 2026, 13:00');
      await shown.first().waitFor();
      expect(await facts.innerText()).toContain('if it is permitted then');
      await page.getByText('Completed', { exact: true }).click();
      await page.getByText('The request for a review stays planned.').waitFor();
      await page.getByRole('button', { name: 'Yes, it was kept' }).click();
      expect(await said(page)).toBe('The appointment is completed.');
      await page.getByRole('link', { name: 'What was changed, and by whom' }).click();
      expect(await page.getByRole('row').nth(1).innerText()).toMatch(/scheduled\s*→\s*completed/);
    });

    test('a text is written with its permission in view, and its checks stand there afterwards', async () => {
      const page = await visit(`/leads/${await enquire(`Ben ${suffix}`)}`);
      await page.getByRole('link', { name: 'Write a text' }).click();
      await page.getByText('It may be sent now.').waitFor();
      await page.getByText('All 7 checks passed').click();
      await page.getByText('No consent: a person sends it').waitFor();
      await page.getByLabel(/^Text to/).fill('Is Thursday at ten fine?');
      await page.getByRole('button', { name: 'Send the text' }).click();
      expect(await said(page)).toContain('The text is decided');
      const decided = page.getByRole('region', { name: 'The text' });
      expect(await decided.innerText()).toMatch(/Queued.*Is Thursday at ten fine\?/s);
    });

    test('an enquiry is distributed, with what is missing said before and where it went after', async () => {
      await createOrder(service, { name: `Order ${suffix}`, verticals: [suffix] });
      const page = await visit(`/leads/${await enquire(`Cleo ${suffix}`)}`);
      await page.getByRole('link', { name: 'Distribute' }).click();
      await page.getByText(/^Missing: the vertical .* the funding amount/).waitFor();
      await page.getByLabel('Vertical').fill(suffix);
      await page.getByLabel('Funding amount').fill('plenty');
      await page.getByRole('button', { name: 'Distribute the lead' }).click();
      await page.getByText(/Funding amount must be a positive amount/).waitFor();
      expect(await page.getByLabel('Vertical').inputValue()).toBe(suffix);
      await page.getByLabel('Funding amount').fill('$50,000');
      await page.getByRole('button', { name: 'Distribute the lead' }).click();
      expect(await said(page)).toContain('This is the lead that was made');
      expect(await page.locator('#audit').innerText()).toContain(`Assigned to Order ${suffix}`);
    });

    test('a form is registered with its secret, changed, disabled and enabled', async () => {
      const page = await visit('/settings/forms');
      await page.getByLabel('Form id').fill(`form ${suffix}`);
      await page.getByRole('textbox', { name: /^Name/ }).fill(`Quote ${suffix}`);
      await page.getByLabel(/Make a secret/).check();
      await page.getByRole('button', { name: 'Register the form' }).click();
      const secret = await page.locator('.secret').innerText();
      await page.getByRole('link', { name: 'I have kept it' }).click();
      expect(await page.content()).not.toContain(secret);
      await page.getByLabel('Required fields').fill('service, postal_code');
      await page.getByRole('button', { name: 'Save the form' }).click();
      expect(await said(page)).toBe('Saved.');
      await page.getByText('Disable', { exact: true }).click();
      await page.getByRole('button', { name: 'Yes, disable it' }).click();
      expect(await said(page)).toContain('The form is disabled');
      await page.getByText('Enable', { exact: true }).click();
      await page.getByRole('button', { name: 'Yes, enable it' }).click();
      expect(await said(page)).toContain('The form takes submissions again.');
    });

    test('a subscription is made, disabled, enabled and removed', async () => {
      const page = await visit('/settings/subscriptions');
      await page.getByRole('textbox', { name: /^URL/ }).fill('https://n8n.example.com/webhook/x');
      await page.getByLabel('task.created').check();
      await page.getByRole('button', { name: 'Subscribe the URL' }).click();
      expect(await page.locator('.secret').innerText()).toMatch(/^whsec_/);
      await page.getByRole('link', { name: 'I have kept it' }).click();
      await page.getByText('Disable', { exact: true }).click();
      await page.getByRole('button', { name: 'Yes, let them wait' }).click();
      expect(await said(page)).toContain('The subscription waits');
      await page.getByText('Enable', { exact: true }).click();
      await page.getByRole('button', { name: 'Yes, hand it on' }).click();
      await page.getByText('Remove', { exact: true }).click();
      await page.getByRole('button', { name: 'Yes, remove it' }).click();
      expect(await said(page)).toBe('The subscription is removed.');
      expect(await page.getByText('Nobody is told of events.').count()).toBe(1);
    });
  });
});
