import {
  broken,
  connect,
  nodeDescriptions,
  set,
  type Breakage,
} from './support/workflow-broken.js';
import { checkWorkflow } from './support/workflow-check.js';
import type { NodeDescription } from './support/workflow-types.js';

/** Each check is seen to fail: a shipped workflow is broken in memory, and this must be said. */

const PACKAGE = 'n8n-nodes-leadloop';

let descriptions: NodeDescription[];
beforeAll(async () => {
  descriptions = await nodeDescriptions();
});

const unsound: Breakage[] = [
  [
    'a node id used twice',
    'web-form',
    (_workflow, named) => (named('Capture Form').id = named('Settings').id),
    'The node id ',
  ],
  [
    'a name used twice',
    'web-form',
    (_workflow, named) => (named('Answer Form').name = 'Settings'),
    'The node name Settings is used twice',
  ],
  [
    'a webhook id used twice',
    'missed-call',
    (_workflow, named) => (named('Twilio Calls').webhookId = named('GoHighLevel Calls').webhookId),
    'The webhook id ',
  ],
  [
    'an unknown type',
    'web-form',
    (_workflow, named) => (named('Capture Form').type = `${PACKAGE}.leadLoops`),
    '"Capture Form" is a n8n-nodes-leadloop.leadLoops 1, which does not exist',
  ],
  [
    'a version that does not exist',
    'web-form',
    (_workflow, named) => (named('Settings').typeVersion = 9),
    '"Settings" is a n8n-nodes-base.set 9, which does not exist',
  ],
  [
    'an unknown parameter',
    'web-form',
    (_workflow, named) => set(named('Capture Form'), { colour: 'red' }),
    '"Capture Form": colour is not a parameter',
  ],
  [
    'an operation that does not exist',
    'web-form',
    (_workflow, named) => set(named('Capture Form'), { operation: 'captureFax' }),
    '"Capture Form": operation has no option "captureFax"',
  ],
  [
    'an operation of another resource',
    'web-form',
    (_workflow, named) => set(named('Capture Form'), { operation: 'handleCalendlyEvent' }),
    '"Capture Form": operation has no option "handleCalendlyEvent"',
  ],
  [
    'a parameter of another operation',
    'web-form',
    (_workflow, named) => set(named('Capture Form'), { provider: 'twilio' }),
    '"Capture Form": provider is not shown for these settings',
  ],
  [
    'an option that does not exist',
    'missed-call',
    (_workflow, named) => set(named('Capture Twilio Call'), { provider: 'pigeon' }),
    '"Capture Twilio Call": provider has no option "pigeon"',
  ],
  [
    'a member of a group that does not exist',
    'lead-distribution',
    (_workflow, named) => set(named('Order Router'), { options: { holdDeliveries: true } }),
    '"Order Router": options.holdDeliveries is not a parameter',
  ],
  [
    'a member of another type',
    'lead-distribution',
    (_workflow, named) => set(named('Order Router'), { options: { holdDelivery: 'yes' } }),
    '"Order Router": options.holdDelivery is not a boolean',
  ],
  [
    'a number given as text',
    'lead-distribution',
    (_workflow, named) => set(named('CRM Deliver'), { waitSeconds: '10' }),
    '"CRM Deliver": waitSeconds is not a number',
  ],
  [
    'a group that is none',
    'lead-distribution',
    (_workflow, named) => set(named('CRM Deliver'), { options: true }),
    '"CRM Deliver": options is not a group of fields',
  ],
  [
    'a choice by an unknown mode',
    'web-form',
    (_workflow, named) =>
      set(named('Qualify Enquiry'), { leadId: { __rl: true, mode: 'url', value: 'x' } }),
    '"Qualify Enquiry": leadId is not a choice of the modes list, id',
  ],
  [
    'a required choice left empty',
    'web-form',
    (_workflow, named) =>
      set(named('Qualify Enquiry'), { leadId: { __rl: true, mode: 'id', value: '' } }),
    '"Qualify Enquiry": leadId is required',
  ],
  [
    'a required parameter left empty',
    'web-form',
    (_workflow, named) => set(named('Capture Form'), { formId: '' }),
    '"Capture Form": formId is required',
  ],
  [
    'no event chosen',
    'escalations',
    (_workflow, named) => set(named('LeadLoop Trigger'), { events: [] }),
    '"LeadLoop Trigger": events is required',
  ],
  [
    'an event that does not exist',
    'escalations',
    (_workflow, named) => set(named('LeadLoop Trigger'), { events: ['lead.eaten'] }),
    '"LeadLoop Trigger": events has no option "lead.eaten"',
  ],
  [
    'a connection to nowhere',
    'web-form',
    (workflow) => connect(workflow, 'Settings', 0, ['Capture Fax']),
    '"Settings" leads to "Capture Fax", which does not exist',
  ],
  [
    'a connection from nowhere',
    'web-form',
    (workflow) => connect(workflow, 'Fax', 0, ['Settings']),
    'A connection begins at "Fax", which does not exist',
  ],
  [
    'a connection to a second input',
    'web-form',
    (workflow) =>
      (workflow.connections.Settings = {
        main: [[{ node: 'Capture Form', type: 'main', index: 1 }]],
      }),
    '"Settings" leads to an input of "Capture Form" that does not exist',
  ],
  [
    'a connection from an output that does not exist',
    'lead-distribution',
    (workflow) => connect(workflow, 'CRM Deliver', 4, ['Answer Sent']),
    '"CRM Deliver" has no output 4, but it is connected',
  ],
  [
    'an Error output that is connected and off',
    'lead-distribution',
    (_workflow, named) => (named('CRM Deliver').onError = 'stopWorkflow'),
    '"CRM Deliver" has no output 3, but it is connected',
  ],
  [
    'an output of ours that leads nowhere',
    'lead-distribution',
    (workflow) => connect(workflow, 'Order Router', 2, []),
    '"Order Router": the output "Rejected" leads nowhere',
  ],
  [
    'an Error output that leads nowhere',
    'lead-distribution',
    (workflow) => connect(workflow, 'Order Router', 4, []),
    '"Order Router": the output "Error" leads nowhere',
  ],
  [
    'a case that leads nowhere',
    'appointment',
    (workflow) => connect(workflow, 'What Happened', 3, []),
    '"What Happened": the output "No-Show" leads nowhere',
  ],
  [
    'a node that is never reached',
    'web-form',
    (workflow) => connect(workflow, 'Why Not', 0, ['Ask to Try Again']),
    '"Name the Fields" is never reached',
  ],
  [
    'a trigger in the middle',
    'web-form',
    (workflow) => connect(workflow, 'Answer Form', 0, ['Form Posts']),
    '"Form Posts" takes no input',
  ],
  [
    'an expression that is none',
    'web-form',
    (_workflow, named) => set(named('Capture Form'), { name: "={{ $json.a ?? '' || $json.b }}" }),
    '"Capture Form": name cannot be read: $json.a',
  ],
  [
    'an expression that reads a node that is gone',
    'web-form',
    (_workflow, named) => set(named('Capture Form'), { name: "={{ $('Fax').first().json.name }}" }),
    '"Capture Form": name reads "Fax", which does not exist',
  ],
  [
    'outputs that depend on what is not there',
    'appointment',
    (_workflow, named) => set(named('What Happened'), { rules: {} }),
    '"What Happened": its outputs cannot be told',
  ],
];

test.each(unsound)('%s is a fault', (_what, name, breakIt, sentence) => {
  const faults = checkWorkflow(broken(name, breakIt), descriptions);
  expect(faults).toContainEqual(expect.stringContaining(sentence));
});

test('an expression may stand for any value, save for a required one that is empty', () => {
  const workflow = broken('lead-distribution', (_workflow, named) => {
    set(named('CRM Deliver'), { waitSeconds: '={{ 3 }}', deliveryIds: '=' });
  });
  expect(checkWorkflow(workflow, descriptions)).toEqual(['"CRM Deliver": deliveryIds is required']);
});
