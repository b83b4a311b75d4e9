/**
 * Makes the pictures of docs/dashboard.md: `npm run pictures`. What they show is done on the way, in
 * a real browser, on the service itself with made-up leads.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';

import { openStage } from '../demo/stage.js';
import { launchBrowser } from '../support/browser.js';
import { answerEnquiries, fillStage, sampleLead } from './story.js';

const FOLDER = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const SIZE = { width: 1280, height: 800 };

/** A Tuesday morning in New York, when everybody may be texted. */
const START = Date.parse('2026-03-10T14:30:00.000Z');

mkdirSync(FOLDER, { recursive: true });
const stage = await openStage(START);
const browser = await launchBrowser();

async function picture(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${FOLDER}${name}.png` });
  console.log(`${name}.png`);
}

try {
  await fillStage(stage);
  await answerEnquiries(stage);
  const context = await browser.newContext({
    viewport: SIZE,
    colorScheme: 'light',
    timezoneId: 'America/New_York',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const open = (path: string): Promise<unknown> => page.goto(`${stage.address}${path}`);

  await page.goto(stage.signInLink);
  await page.getByLabel('Name').fill('Kim Example');
  await page.getByLabel('E-mail').fill('kim@example.com');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Create the admin' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  await picture(page, 'overview');

  // Why a lead went where it went.
  await open('/leads?status=assigned&vertical=SBA');
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByRole('region', { name: /by rank/ }).scrollIntoViewIfNeeded();
  await picture(page, 'lead');

  // A lead that waits is assigned by hand.
  await open('/unassigned');
  await picture(page, 'unassigned');
  await page
    .getByRole('link', { name: /^Assign/ })
    .first()
    .click();
  await page.getByRole('radio').first().check();
  await picture(page, 'assign');
  await page.getByRole('button', { name: 'Assign the lead' }).click();
  await page.getByRole('status').first().waitFor();

  // A delivery that failed is found and sent again.
  await open('/deliveries?status=failed');
  await picture(page, 'deliveries-failed');
  await page.getByRole('table').getByRole('link').first().click();
  await picture(page, 'delivery');
  stage.failingCrm.behave({ kind: 'answer', status: 200, body: 'ok' });
  await page.getByText('Retry', { exact: true }).click();
  await page.getByRole('button', { name: 'Yes, send it again' }).click();
  await page.getByRole('status').first().waitFor();
  await stage.settle();
  await page.reload();
  await picture(page, 'delivery-sent');

  // An order is made, fills, and is paused.
  await open('/orders');
  await page.getByRole('link', { name: 'New order' }).click();
  await page.getByLabel('Broker').selectOption({ label: 'North Funding' });
  await page.getByLabel('Name').fill('Factoring, spring');
  await page.getByLabel('Verticals').fill('Factoring');
  await page.getByLabel('Leads in all').fill('10');
  await page.getByRole('button', { name: 'Create the order' }).click();
  await page.getByRole('status').first().waitFor();
  for (let i = 0; i < 4; i += 1)
    await stage.post('/leads/incoming', sampleLead({ vertical: 'Factoring' }));
  await page.reload();
  await picture(page, 'order');
  await page.getByText('Pause', { exact: true }).click();
  await page.getByRole('button', { name: 'Yes, pause it' }).click();
  await page.getByRole('status').first().waitFor();
  await open('/orders');
  await picture(page, 'orders');

  // A callback is claimed and completed.
  await open('/tasks');
  await picture(page, 'tasks');
  await page.locator('a[href^="/tasks/"]').first().click();
  await page.getByRole('button', { name: 'Claim the task' }).click();
  await page.getByRole('status').first().waitFor();
  await picture(page, 'task');
  await page.getByLabel('Outcome').selectOption('callback_booked');
  await page.getByRole('button', { name: 'Complete the task' }).click();
  await page.getByRole('status').first().waitFor();

  // What became of an enquiry, with every text and the reason there was or was none.
  await open('/leads?kind=response');
  await page.getByRole('table').getByRole('link').last().click();
  await page.getByRole('heading', { name: 'Timeline' }).evaluate((one) => one.scrollIntoView());
  await picture(page, 'enquiry');

  await open('/simulator');
  await page.getByLabel('Vertical').fill('SBA');
  await page.getByLabel('Credit score').fill('690');
  await page.getByLabel('Funding amount').fill('80000');
  await page.getByRole('button', { name: 'Simulate' }).click();
  await page.getByText('It would go to').waitFor();
  await picture(page, 'simulator');

  // What a change of an order would have made of the leads that came.
  await open('/orders');
  await page.getByRole('link', { name: 'Any MCA or SBA' }).click();
  await page.getByRole('link', { name: 'Backtest a change of this order' }).click();
  await page.getByLabel('Orders begin').selectOption('Empty');
  await page.getByLabel('Credit minimum').fill('680');
  await page.getByRole('button', { name: 'Run the backtest' }).click();
  await page.getByText('It waits for its turn').waitFor();
  await stage.settle();
  // The page looks by itself.
  await page.getByText('would have gone another way').waitFor();
  await picture(page, 'backtest');
} finally {
  await browser.close();
  await stage.close();
}
