import { buildService, type Build } from '../../support/build.js';
import { startNode } from '../../support/process.js';

const DEMO = new URL('../../demo/', import.meta.url).pathname;
const REGISTER = new URL('../../../scripts/register-typescript.mjs', import.meta.url).pathname;

let build: Build;
beforeAll(() => {
  build = buildService();
});
afterAll(() => build.remove());

test('the demo tells its story to the end, serves on, and ends when told to', async () => {
  const demo = startNode(['--no-warnings', '--import', REGISTER, `${DEMO}main.ts`], {
    LEADLOOP_DEMO_BUILD: build.root,
  });
  const [, address = ''] = await demo.waitFor(/runs on at (http:\S+)/);
  const [, key = ''] = await demo.waitFor(/API key +(\S+)/);
  await demo.waitFor(/curl -H/);

  const story = demo.output();
  const steps = [...story.matchAll(/^\[ ?(\d+)\/(\d+)\] /gm)].map(([, step, of]) => [step, of]);
  expect(steps).toHaveLength(Number(steps[0]?.[1]));
  expect(story).not.toMatch(/undefined|null|NaN|ANOTHER|\[object/);
  for (const part of [
    /assigned: North Funding/,
    /unassigned: /,
    /rejected: credit_too_low/,
    /outside_contact_hours: release at/,
    /second attempt: sent \(503, 200\), under the same webhook-id/,
    /a person replays what failed: 1 delivery/,
    /already_acknowledged/,
    /no_textable_number/,
    /acknowledgement skipped: suppressed/,
    /book_now, score 91, by openai/,
    /by rules/,
    /both results are kept: rules, openai/,
    /her lead, by the signed reference/,
    /tell us how it\s+went/,
  ]) {
    expect(story).toMatch(part);
  }

  const leads = await fetch(`${address}/api/leads`, { headers: { 'x-api-key': key } });
  expect(leads.status).toBe(200);
  demo.kill('SIGTERM');
  expect(await demo.exited).toEqual({ code: 0, signal: null });
});
