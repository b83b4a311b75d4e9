import type { Browser, BrowserContext, Page } from 'playwright-core';

import { makeFirstAdminLink } from '../../scoring-service/src/access/sign-in-links.js';
import { startFakeCrm, status, type FakeCrm } from '../fakes/crm.js';
import { launchBrowser } from '../support/browser.js';
import { SESSION_COOKIE, signedIn, type Person } from '../support/dashboard.js';
import { createBroker, createOrder, emptyTables, postLead } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';

/**
 * What people do, in a real browser, by what they see: roles, names and labels. The flows of most
 * use are run with scripts and without.
 */
describe('what people do', () => {
  let service: TestService;
  let browser: Browser;
  let crm: FakeCrm;
  let admin: Person;
  const open: BrowserContext[] = [];

  beforeAll(async () => {
    [service, browser, crm] = await Promise.all([
      startTestService('sqlite', { env: { EGRESS_ALLOW_CIDRS: '127.0.0.0/8' } }),
      launchBrowser(),
      startFakeCrm(),
    ]);
    admin = await signedIn(service, 'admin');
  });
  beforeEach(async () => {
    await service.service.retriesIdle();
    await emptyTables(service.store);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((context) => context.close()));
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await crm.close();
  });

  /** A page of somebody who is signed in; a script error fails the test that it happens in. */
  const visit = async (
    path: string,
    { person = admin, scripts = true }: { person?: Person | null; scripts?: boolean } = {},
  ): Promise<Page> => {
    const context = await browser.newContext({ javaScriptEnabled: scripts });
    open.push(context);
    context.setDefaultTimeout(15_000);
    if (person !== null) {
      await context.addCookies([
        { name: SESSION_COOKIE, value: person.token, url: service.address },
      ]);
    }
    const page = await context.newPage();
    await page.goto(`${service.address}${path}`);
    return page;
  };
  const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText();
  const said = (page: Page) => page.getByRole('status').first().innerText();

  test('the first admin signs in through the printed link, out and in again', async () => {
    const fresh = await startTestService('sqlite');
    const context = await browser.newContext();
    try {
      const link = await fresh.store.unit(() =>
        makeFirstAdminLink({ store: fresh.store, runtime: fresh.runtime }),
      );
      const page = await context.newPage();
      await page.goto(`${fresh.address}/sign-in?link=${link}`);
      await page.getByLabel('Name').fill('Ann Example');
      await page.getByLabel('E-mail').fill('ann@example.com');
      await page.getByLabel('Password').fill('correct horse battery');
      await page.getByRole('button', { name: 'Create the admin' }).click();
      expect(await heading(page)).toBe('Overview');
      await page.getByRole('button', { name: 'Sign out' }).click();
      expect(await said(page)).toBe('You are signed out.');
      await page.getByLabel('E-mail').fill('ann@example.com');
      await page.getByLabel('Password').fill('not the password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      expect(await page.getByRole('alert').innerText()).toBe('E-mail and password do not match.');
      await page.getByLabel('Password').fill('correct horse battery');
      await page.getByRole('button', { name: 'Sign in' }).click();
      expect(await heading(page)).toBe('Overview');
    } finally {
      await context.close();
      await fresh.stop();
    }
  });

  describe.each([
    ['with scripts', true],
    ['without scripts', false],
  ])('%s', (_name, scripts) => {
    test('from the overview, why a lead went where it went is one click away', async () => {
      const order = await createOrder(service, { name: 'Prime orders', credit_score_min: 680 });
      await createOrder(service, { name: 'Second choice' });
      await postLead(service, 'c1', { first_name: 'Ann', last_name: 'Example', credit_score: 850 });
      const page = await visit('/', { scripts });
      await page.getByRole('link', { name: 'Ann Example' }).click();
      expect(await heading(page)).toBe('Ann Example');
      const audit = page.getByRole('region', { name: /by rank/ });
      const rows = audit.getByRole('row');
      expect(await rows.nth(1).innerText()).toContain('Prime orders');
      expect(await rows.nth(1).innerText()).toContain('Won');
      expect(await rows.nth(2).innerText()).toMatch(/\d+\.\d\d points short/);
      expect(await rows.nth(2).innerText()).not.toContain(order.id);
    });

    test('a waiting lead is assigned by hand, with what stands against each order', async () => {
      await createOrder(service, { name: 'Wants prime', credit_score_min: 700 });
      const { body } = await postLead(service, 'c1', { first_name: 'Ben', credit_score: 640 });
      const page = await visit('/unassigned', { scripts });
      await page.getByRole('link', { name: 'Assign Ben' }).click();
      const row = page.getByRole('row').filter({ hasText: 'Wants prime' });
      expect(await row.innerText()).toContain('Credit minimum: has 640, needs 700 or more');
      await row.getByRole('radio').check();
      await page.getByRole('button', { name: 'Assign the lead' }).click();
      expect(await said(page)).toBe('The lead is assigned.');
      expect(await page.getByText('No lead is waiting.').count()).toBe(1);
      const lead = await service.get(`/api/leads/${body.lead_id}`);
      expect(lead.body.status).toBe('assigned');
    });

    test('an order is created, watched filling, paused and resumed', async () => {
      await createBroker(service, { name: 'Harbor Capital' });
      const page = await visit('/orders', { scripts });
      await page.getByRole('link', { name: 'New order' }).click();
      await page.getByLabel('Broker').selectOption({ label: 'Harbor Capital' });
      await page.getByLabel('Name').fill('Spring order');
      await page.getByLabel('Verticals').fill('MCA, SBA');
      await page.getByLabel('Leads in all').fill('2');
      await page.getByRole('button', { name: 'Create the order' }).click();
      expect(await said(page)).toContain('The order is created.');
      expect(await page.locator('#filling').innerText()).toContain('0 of 2');
      await postLead(service, 'c1', { first_name: 'Cleo' });
      await page.reload();
      expect(await page.locator('#filling').innerText()).toContain('1 of 2');
      await page.getByText('Pause', { exact: true }).click();
      await page.getByRole('button', { name: 'Yes, pause it' }).click();
      expect(await said(page)).toContain('The order is paused');
      await page.getByText('Resume', { exact: true }).click();
      await page.getByRole('button', { name: 'Yes, resume it' }).click();
      expect(await said(page)).toContain('The order is active again.');
    });

    test('a failed delivery is found and sent again', async () => {
      crm.behave(status(410));
      const broker = await createBroker(service, { crm_webhook_url: crm.url() });
      await createOrder(service, { broker_id: broker.id });
      await postLead(service, 'c1', { first_name: 'Dan' });
      await service.service.deliverDue();
      const page = await visit('/deliveries', { scripts });
      await page.getByLabel('Status').selectOption('failed');
      if (!scripts) await page.getByRole('button', { name: 'Apply' }).click();
      await page.waitForURL(/status=failed/);
      await page.getByRole('link', { name: 'Dan' }).click();
      expect(await page.getByRole('region', { name: 'Attempts' }).first().innerText()).toContain(
        '410',
      );
      crm.behave({ kind: 'answer', status: 200, body: 'ok' });
      await page.getByText('Retry', { exact: true }).click();
      await page.getByRole('button', { name: 'Yes, send it again' }).click();
      expect(await said(page)).toBe('The delivery is taken up again.');
      await service.service.deliverDue();
      await page.reload();
      expect(
        await page.getByRole('region', { name: 'Delivery', exact: true }).innerText(),
      ).toContain('Sent');
    });

    test('a lead is tried in the simulator without any trace', async () => {
      await createOrder(service, { name: 'Only MCA' });
      const page = await visit('/simulator', { scripts });
      await page.getByLabel('Vertical').fill('MCA');
      await page.getByLabel('Credit score').fill('700');
      await page.getByLabel('Funding amount').fill('50000');
      await page.getByRole('button', { name: 'Simulate' }).click();
      await page.getByText('It would go to Only MCA').waitFor();
      await page.getByLabel('Credit score').fill('200');
      await page.getByRole('button', { name: 'Simulate' }).click();
      await page.getByText('Credit score must be a whole number from 300 to 850').waitFor();
      expect((await service.get<{ data: unknown[] }>('/api/leads')).body.data).toEqual([]);
    });
  });

  test('filters stay in the address, search finds, and pages go on', async () => {
    await createOrder(service, { total_leads: 100 });
    for (let n = 0; n < 55; n += 1) await postLead(service, `c${n}`, { first_name: `Lead ${n}` });
    const page = await visit('/leads');
    expect(await page.getByRole('row').count()).toBe(51);
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.waitForURL(/cursor=/);
    expect(await page.getByRole('row').count()).toBe(6);
    await page.goto(`${service.address}/leads`);
    await page.getByLabel('Search').fill('lead 7');
    await page.getByLabel('Search').press('Enter');
    await page.waitForURL(/q=lead(\+|%20)7/);
    await page.getByRole('link', { name: 'Lead 7', exact: true }).waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    await page.reload();
    expect(await page.getByLabel('Search').inputValue()).toBe('lead 7');
    expect(await page.getByRole('row').count()).toBe(2);
  });

  test('a broker is created with own hours; the secret is seen once, and a new one too', async () => {
    const page = await visit('/brokers/new');
    await page.getByLabel('Name').fill('Northwind Funding');
    await page.getByLabel('CRM webhook URL').fill('ftp://crm.example.com');
    await page.getByLabel('Leads may be sent').selectOption('custom');
    await page.getByRole('button', { name: 'Create the broker' }).click();
    expect(await page.getByText('CRM webhook URL must be an http or https URL').count()).toBe(1);
    await page.getByLabel('CRM webhook URL').fill('https://crm.example.com/hook');
    const window = page.getByRole('group', { name: 'Window 1' });
    for (const day of ['Mon', 'Wed', 'Fri']) await window.getByLabel(day).check();
    await window.getByLabel('From').fill('09:00');
    await window.getByLabel('To').fill('12:30');
    await page.getByRole('button', { name: 'Create the broker' }).click();
    const secret = await page.locator('.secret').innerText();
    expect(secret).toMatch(/^whsec_/);
    await page.getByRole('link', { name: 'I have kept it' }).click();
    expect(await heading(page)).toBe('Northwind Funding');
    expect(await page.content()).not.toContain(secret);
    expect(await page.getByRole('group', { name: 'Window 1' }).getByLabel('To').inputValue()).toBe(
      '12:30',
    );
    await page.getByText('New secret', { exact: true }).click();
    await page.getByRole('button', { name: 'Yes, make a new one' }).click();
    const next = await page.locator('.secret').innerText();
    expect(next).toMatch(/^whsec_/);
    expect(next).not.toBe(secret);
  });

  test("a broker's webhook is tested, and the outcome said", async () => {
    crm.behave(status(500));
    const broker = await createBroker(service, { crm_webhook_url: crm.url() });
    const page = await visit(`/brokers/${broker.id}`);
    await page.getByText('Test the webhook', { exact: true }).click();
    await page.getByRole('button', { name: 'Yes, send the test' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('The test did not arrive');
  });

  test('an edit made on an outdated copy is refused, and what was typed is kept', async () => {
    const order = await createOrder(service, { name: 'Old name' });
    const page = await visit(`/orders/${order.id}`);
    await service.patch(`/api/orders/${order.id}`, { version: 1, name: 'Their name' });
    await page.getByLabel('Name').fill('My name');
    await page.getByRole('button', { name: 'Save the order' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('Somebody changed this');
    expect(await page.getByLabel('Name').inputValue()).toBe('My name');
    await page.getByRole('button', { name: 'Save the order' }).click();
    expect(await heading(page)).toBe('My name');
  });

  test('a key is made, seen once, works, and is revoked', async () => {
    const page = await visit('/settings/keys');
    await page.getByLabel('Name').fill('Website form');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const key = await page.locator('.secret').innerText();
    expect((await service.get('/api/whoami', { key })).status).toBe(200);
    await page.getByRole('link', { name: 'I have kept it' }).click();
    const row = page.getByRole('row').filter({ hasText: 'Website form' });
    await row.getByText('Revoke', { exact: true }).click();
    await row.getByRole('button', { name: 'Yes, revoke it' }).click();
    expect(await said(page)).toBe('The key is revoked.');
    expect((await service.get('/api/whoami', { key })).status).toBe(401);
  });

  test('somebody is invited, chooses a password and sees what the role allows', async () => {
    const page = await visit('/settings/users');
    await page.getByRole('textbox', { name: /^Name/ }).fill('Vera Viewer');
    await page.getByLabel('E-mail').fill('vera@example.com');
    await page.locator('#role').selectOption('viewer');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.locator('.secret').innerText();
    expect(link).toMatch(new RegExp(`^${service.address}/sign-in\\?link=`));
    const theirs = await visit(link.replace(service.address, ''), { person: null });
    await theirs.getByLabel('Password').fill('a long enough password');
    await theirs.getByRole('button', { name: 'Set the password' }).click();
    expect(await heading(theirs)).toBe('Overview');
    await theirs.goto(`${service.address}/orders`);
    expect(await theirs.getByRole('link', { name: 'New order' }).count()).toBe(0);
    await theirs.goto(`${service.address}/settings/users`);
    expect(await heading(theirs)).toBe('Not allowed');
  });

  test('a callback is claimed and completed by the member of staff whose e-mail the user has', async () => {
    await service.post('/api/staff', { name: 'Sam Staff', email: admin.user.email });
    const missed = await service.post<{ task_id: string }>('/api/calls/missed', {
      provider: 'twilio',
      params: {
        CallSid: 'CA00000000000000000000000000000001',
        From: '+12025550123',
        To: '+12025550100',
        CallStatus: 'no-answer',
      },
    });
    expect(missed.status).toBe(200);
    const page = await visit('/tasks?view=mine');
    await page.getByRole('link', { name: /2025550123/ }).click();
    await page.getByRole('button', { name: 'Claim the task' }).click();
    expect(await said(page)).toBe('The task is claimed.');
    await page.getByLabel('Outcome').selectOption('callback_booked');
    await page.getByLabel('Note').fill('Thursday at ten.');
    await page.getByRole('button', { name: 'Complete the task' }).click();
    expect(await said(page)).toBe('The task is completed.');
    expect(await page.getByRole('region', { name: 'Task' }).innerText()).toContain(
      'Callback booked',
    );
    expect(await page.getByRole('button', { name: 'Claim the task' }).count()).toBe(0);
  });

  test('a text is tried out before it is saved', async () => {
    const { body } = await service.get<{ data: { id: string }[] }>('/api/businesses');
    const page = await visit(`/settings/businesses/${body.data[0]?.id ?? ''}`);
    const text = page.getByLabel('Acknowledgement');
    await text.fill('Hello {{name}}, {{business}} will call you.');
    await page.getByRole('button', { name: 'Preview the texts' }).click();
    await page.getByText(/Hello Ann, .* will call you\./).waitFor();
    await page.getByRole('button', { name: 'Save the business' }).click();
    expect(await said(page)).toBe('Saved.');
    await page.getByLabel('Acknowledgement').fill('Hello {{nobody}}.');
    await page.getByRole('button', { name: 'Save the business' }).click();
    await page
      .getByText(/\{\{nobody\}\} is not a placeholder/)
      .first()
      .waitFor();
  });

  test('what was done stands in the activity log with who, before and after', async () => {
    const order = await createOrder(service, { name: 'Watched order' });
    const page = await visit(`/orders/${order.id}`);
    await page.getByText('Pause', { exact: true }).click();
    await page.getByRole('button', { name: 'Yes, pause it' }).click();
    await page.goto(`${service.address}/activity?subject_type=order`);
    const row = page.getByRole('row').nth(1);
    expect(await row.innerText()).toContain('Admin Example');
    expect(await row.innerText()).toMatch(/active\s*→\s*paused/);
    expect(await row.innerText()).toContain('Watched order');
  });

  test('two people race for the last place of an order: one wins, the other is told at once', async () => {
    const order = await createOrder(service, {
      name: 'One place',
      total_leads: 1,
      verticals: ['Other'],
    });
    const leads = await Promise.all(
      ['Ann', 'Ben'].map((name) => postLead(service, name, { first_name: name })),
    );
    const agent = await signedIn(service, 'agent');
    const pages = await Promise.all(
      leads.map(({ body }, at) =>
        visit(`/unassigned?lead=${body.lead_id}`, { person: at === 0 ? admin : agent }),
      ),
    );
    for (const page of pages) await page.getByRole('radio').first().check();
    await Promise.all(
      pages.map((page) => page.getByRole('button', { name: 'Assign the lead' }).click()),
    );
    const told = await Promise.all(
      pages.map(async (page) => ({
        won: await page.getByText('The lead is assigned.').count(),
        lost: await page.getByText('The order has no leads left.').count(),
      })),
    );
    expect(told.map(({ won }) => won).sort()).toEqual([0, 1]);
    expect(told.map(({ lost }) => lost).sort()).toEqual([0, 1]);
    const after = await service.get(`/api/orders/${order.id}`);
    expect(after.body).toMatchObject({ leads_delivered: 1, leads_remaining: 0 });
    // The one who lost may still decide to go beyond the order's number.
    const loser = pages[told.findIndex(({ lost }) => lost === 1)];
    await loser?.getByLabel('Give it even when the order has no leads left').check();
    await loser?.getByRole('button', { name: 'Assign the lead' }).click();
    expect(await loser?.getByText('The lead is assigned.').count()).toBe(1);
  });

  test('two people race for one lead: the other is shown where it went', async () => {
    await createOrder(service, { verticals: ['Other'] });
    const { body } = await postLead(service, 'c1', { first_name: 'Ann' });
    const pages = [
      await visit(`/unassigned?lead=${body.lead_id}`),
      await visit(`/unassigned?lead=${body.lead_id}`),
    ];
    for (const page of pages) {
      await page.getByRole('radio').first().check();
      await page.getByRole('button', { name: 'Assign the lead' }).click();
    }
    expect(await pages[1]?.getByRole('alert').innerText()).toContain('already');
    await pages[1]?.getByRole('link', { name: 'See where it went' }).click();
    await pages[1]?.getByRole('heading', { name: 'Routing Audit' }).waitFor();
  });

  test('everything is reached by keyboard alone', async () => {
    const order = await createOrder(service, { name: 'By keyboard' });
    const page = await visit('/orders');
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.innerText || document.activeElement.ariaLabel || ""');
    const tabTo = async (name: string): Promise<void> => {
      for (let n = 0; n < 60; n += 1) {
        await page.keyboard.press('Tab');
        if ((await focused()).trim() === name) return;
      }
      throw new Error(`"${name}" is not reached by keyboard`);
    };
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await tabTo('By keyboard');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(order.id));
    await tabTo('Pause');
    await page.keyboard.press('Enter');
    await tabTo('Yes, pause it');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('Pause');
    await page.keyboard.press('Enter');
    await tabTo('Yes, pause it');
    await page.keyboard.press('Enter');
    await page.getByText('The order is paused').waitFor();
    const after = await service.get(`/api/orders/${order.id}`);
    expect(after.body.status).toBe('paused');
  });

  test("times are in the viewer's own zone, with the exact instant on hover", async () => {
    const order = await createOrder(service);
    const context = await browser.newContext({ timezoneId: 'America/New_York' });
    open.push(context);
    await context.addCookies([{ name: SESSION_COOKIE, value: admin.token, url: service.address }]);
    const page = await context.newPage();
    await page.goto(`${service.address}/orders/${order.id}`);
    const time = page.locator('time[data-show="moment"]').first();
    await page.waitForFunction(
      'document.querySelector("time[data-show=moment]").textContent.includes("11:00")',
    );
    expect(await time.getAttribute('title')).toContain('2026-03-10T15:00:00.000Z');
  });

  test('the theme that was chosen stays', async () => {
    const page = await visit('/leads');
    await page.getByRole('button', { name: 'Dark' }).click();
    expect(await heading(page)).toBe('Leads');
    await page.goto(`${service.address}/orders`);
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.getByRole('button', { name: 'Dark' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
  });
});
