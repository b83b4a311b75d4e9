import { appointmentSuite } from './suites/appointment.js';
import { editorSuite } from './suites/editor.js';
import { errorHandlerSuite } from './suites/error-handler.js';
import { escalationsSuite } from './suites/escalations.js';
import { leadDistributionSuite } from './suites/lead-distribution.js';
import { manySuite } from './suites/many.js';
import { missedCallSuite } from './suites/missed-call.js';
import { webFormSuite } from './suites/web-form.js';
import { openStage, type Stage } from './support/stage.js';

let opened: Stage | undefined;
const stage = (): Stage => {
  if (opened === undefined) throw new Error('The stage is not open.');
  return opened;
};

beforeAll(async () => {
  opened = await openStage();
  // So that texts leave whatever the hour is.
  const { data } = await opened.call('GET', '/businesses');
  const change = { version: data[0].version, missed_call_quiet_hours: 'send' };
  await opened.call('PATCH', `/businesses/${data[0].id}`, change);
}, 240_000);
afterAll(() => opened?.close());

describe('the editor', () => editorSuite(stage));
describe('missed-call', () => missedCallSuite(stage));
describe('web-form', () => webFormSuite(stage));
describe('appointment', () => appointmentSuite(stage));
describe('lead-distribution', () => leadDistributionSuite(stage));
describe('escalations', () => escalationsSuite(stage));
describe('error-handler', () => errorHandlerSuite(stage));
describe('many at once', () => manySuite(stage));

it('went along every connection of every workflow', () => {
  expect(stage().seen.missing()).toEqual([]);
});
