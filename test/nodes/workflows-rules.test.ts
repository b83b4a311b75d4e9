import { broken, connect, set, type Breakage } from './support/workflow-broken.js';
import { checkRules } from './support/workflow-rules.js';

/** Each rule is seen to be kept: a shipped workflow is broken in memory, and this must be said. */

const against: Breakage[] = [
  ['an active workflow', 'web-form', (workflow) => (workflow.active = true), 'It is active'],
  [
    'a strange id',
    'web-form',
    (workflow) => (workflow.id = '1'),
    'Its id is not one of n8n’s kind',
  ],
  [
    'the old execution order',
    'web-form',
    (workflow) => (workflow.settings.executionOrder = 'v0'),
    'Its execution order is not v1',
  ],
  [
    'a fixed time zone',
    'web-form',
    (workflow) => (workflow.settings.timezone = 'America/New_York'),
    'It fixes a time zone',
  ],
  [
    'no settings',
    'web-form',
    (_workflow, named) => (named('Settings').name = 'Values'),
    'It has no Settings node',
  ],
  [
    'no pinned example',
    'web-form',
    (workflow) => (workflow.pinData = {}),
    '"Form Posts" has no pinned example',
  ],
  [
    'data pinned to nothing',
    'web-form',
    (workflow) => (workflow.pinData.Fax = [{ json: {} }]),
    'Data is pinned to "Fax", which does not exist',
  ],
  [
    'a webhook without its id',
    'web-form',
    (_workflow, named) => delete named('Form Posts').webhookId,
    '"Form Posts" has no webhook id',
  ],
  [
    'no retry',
    'web-form',
    (_workflow, named) => (named('Capture Form').retryOnFail = false),
    '"Capture Form" does not retry',
  ],
  [
    'a failure that ends the workflow',
    'web-form',
    (_workflow, named) => delete named('Capture Form').onError,
    '"Capture Form" has no Error output',
  ],
  [
    'a second yellow note',
    'web-form',
    (_workflow, named) => set(named('Sticky Note1'), { color: 1 }),
    'There are 2 yellow notes, not one',
  ],
  [
    'a red note',
    'web-form',
    (_workflow, named) => set(named('Sticky Note1'), { color: 3 }),
    'A note is neither yellow nor white',
  ],
  [
    'steps without notes',
    'web-form',
    (workflow) =>
      (workflow.nodes = workflow.nodes.filter(({ name }) => !/^Sticky Note\d/.test(name))),
    'There is no white note',
  ],
  [
    'a note over a node',
    'web-form',
    (_workflow, named) => (named('Sticky Note1').position = [-20, -100]),
    '"Sticky Note1" and "Form Posts" overlap',
  ],
  [
    'a path without an answer',
    'web-form',
    (workflow) => connect(workflow, 'Why Not', 1, ['Form Not Stored']),
    'The path from "Form Posts" to "Form Not Stored" ends without an answer',
  ],
  [
    'two answers',
    'web-form',
    (workflow) => connect(workflow, 'Show Thank-You Page', 0, ['Answer Form']),
    '"Answer Form" answers a second time',
  ],
  [
    'a circle',
    'web-form',
    (workflow) => connect(workflow, 'Booking Message', 0, ['Settings']),
    '"Settings" leads back to itself',
  ],
  [
    'a webhook that answers by itself',
    'web-form',
    (_workflow, named) => set(named('Form Posts'), { responseMode: 'onReceived' }),
    '"Form Posts" does not leave its answer to a node',
  ],
  [
    'Raw Body off',
    'appointment',
    (_workflow, named) => set(named('Calendly Events'), { options: {} }),
    '"Handle Calendly Event" needs a webhook with Raw Body on',
  ],
  [
    'somebody’s number',
    'web-form',
    (workflow) => (workflow.pinData['Form Posts'] = [{ json: { phone: '+1 202 456 1111' } }]),
    'The number +1 202 456 1111 may be somebody',
  ],
  [
    'somebody’s address',
    'web-form',
    (_workflow, named) => set(named('Answer Form'), { responseBody: 'mail@company.test' }),
    'The address company.test is not one for examples',
  ],
  [
    'a read of the environment',
    'web-form',
    (_workflow, named) => set(named('Answer Form'), { responseBody: '={{ $env.HOME }}' }),
    'It reads $env, which n8n does not allow',
  ],
  [
    'a credential of another n8n',
    'web-form',
    (_workflow, named) => (named('Capture Form').credentials = { leadLoopApi: { id: '1' } }),
    '"Capture Form" names a credential of another n8n',
  ],
  [
    'a package that not everybody has',
    'web-form',
    (_workflow, named) => (named('Answer Form').type = 'n8n-nodes-fax.send'),
    '"Answer Form" is of a package that not everybody has',
  ],
];

test.each(against)('%s breaks the rules', (_what, name, breakIt, sentence) => {
  expect(checkRules(broken(name, breakIt))).toContainEqual(expect.stringContaining(sentence));
});
