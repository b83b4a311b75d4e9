import { IDS, WEBHOOK_IDS } from './ids.mjs';
import {
  answerJson,
  choose,
  crmDeliver,
  fail,
  leadLink,
  message,
  nothing,
  notify,
  orderRouter,
  REFUSALS,
  WHY,
  setting,
  settings,
  webhook,
  when,
} from './parts.mjs';
import { workflow } from './assemble.mjs';
import { notes, pins } from './lead-distribution-notes.mjs';

const routed = (name) => `$('Order Router').first().json.${name}`;

/** What the sender learns of an assigned lead, whatever became of its delivery. */
const assigned = (more) =>
  `{ status: 'assigned', lead_id: ${routed('lead_id')}, broker_name: ${routed('broker_name')}, broker_phone: ${routed('broker_phone')}, order_id: ${routed('order_id')}, score: ${routed('score')}, ${more} }`;

/** And of one that was not. */
const notAssigned = `{ status: $json.status, lead_id: $json.lead_id, reason_code: $json.reason_code, reason: $json.reason }`;

const tail = notify([8, 0]);

const nodes = [
  webhook('GoHighLevel Leads', [0, 0], 'leadloop/leads', WEBHOOK_IDS.ghlLeads),
  settings([1, 0], {
    lead_secret: '',
    notify_url: '',
    notify_field: 'text',
    dashboard_url: '',
    say_unassigned: 'No order fits this lead.',
    say_failed: 'A lead was assigned but not delivered: tell the broker.',
  }),
  when(
    'Knows the Secret',
    [2, 0],
    `!!$json.lead_secret && $json.headers['x-leadloop-secret'] === $json.lead_secret`,
  ),
  when(
    'Has a Contact ID',
    [3, 0],
    `!!($json.body?.ghl_contact_id ?? $json.body?.contact_id ?? $json.body?.customData?.ghl_contact_id ?? $json.body?.customData?.contact_id)`,
  ),
  orderRouter('Order Router', [4, 0], {
    operation: 'route',
    options: { holdDelivery: true, includeInput: false },
  }),
  answerJson(
    'Refuse',
    [3, 1],
    403,
    `{ status: 'refused', reason_code: $json.lead_secret ? 'wrong_secret' : 'no_secret_set', reason: 'Send the lead_secret of the Settings node as X-LeadLoop-Secret.' }`,
  ),
  answerJson(
    'Name the Field',
    [6, 7],
    400,
    `{ status: 'invalid', reason_code: 'invalid_payload', reason: ${WHY} || 'contact_id is required' }`,
  ),
  choose('Why Not', [5, 7], { 'Not Readable': REFUSALS['Not Readable'] }, 'LeadLoop Is Away'),
  answerJson(
    'Ask to Send Again',
    [6, 8],
    429,
    `{ status: 'try_again', reason_code: 'not_stored', reason: 'The lead could not be stored now. Send it again.' }`,
  ),
  fail(
    'Lead Not Stored',
    [7, 8],
    `'A lead could not be stored, its sender was asked to send it again. ' + ${WHY}`,
  ),

  crmDeliver('CRM Deliver', [5, 0], {
    operation: 'deliver',
    waitSeconds: 10,
    options: { includeInput: false },
  }),
  answerJson(
    'Answer Sent',
    [6, 0],
    200,
    assigned(`delivery: { status: 'sent', delivery_id: $json.delivery_id }`),
  ),
  answerJson(
    'Answer Queued',
    [6, 1],
    200,
    assigned(
      `delivery: { status: $json.status, delivery_id: $json.delivery_id, release_at: $json.release_at, next_attempt_at: $json.next_attempt_at }`,
    ),
  ),
  answerJson(
    'Answer Not Delivered',
    [6, 2],
    200,
    assigned(
      `delivery: { status: $json.status, delivery_id: $json.delivery_id, reason_code: $json.reason_code }`,
    ),
  ),
  answerJson(
    'Answer Held',
    [6, 3],
    200,
    assigned(
      `delivery: { status: 'held', reason_code: 'hand_over_failed', reason: 'LeadLoop sends it by itself within ten minutes.' }`,
    ),
  ),
  fail(
    'Not Handed Over',
    [7, 3],
    `'An assigned lead could not be handed over now; LeadLoop sends it by itself within ten minutes. ' + ${WHY}`,
  ),
  nothing('Delivered', [7, 0]),
  nothing('LeadLoop Goes On Trying', [7, 1]),
  message(
    'Failed Message',
    [7, 2],
    `{{ ${setting('say_failed')} }} {{ ${routed('broker_name')} ?? '' }}: {{ $json.reason_code ?? $json.status }}. ${leadLink(routed('lead_id'))}`,
  ),

  answerJson('Answer Unassigned', [5, 4], 200, notAssigned),
  message(
    'Unassigned Message',
    [7, 4],
    `{{ ${setting('say_unassigned')} }} {{ $json.reason ?? $json.reason_code }} ${leadLink('$json.lead_id')}`,
  ),
  answerJson('Answer Rejected', [5, 5], 200, notAssigned),
  nothing('Rejected', [6, 5]),
  answerJson('Answer Duplicate', [5, 6], 200, notAssigned),
  nothing('Known Already', [6, 6]),
  ...tail.nodes,
];

const links = [
  ['GoHighLevel Leads', 0, 'Settings'],
  ['Settings', 0, 'Knows the Secret'],
  ['Knows the Secret', 0, 'Has a Contact ID'],
  ['Knows the Secret', 1, 'Refuse'],
  ['Has a Contact ID', 0, 'Order Router'],
  ['Has a Contact ID', 1, 'Name the Field'],
  ['Order Router', 0, 'CRM Deliver'],
  ['Order Router', 1, 'Answer Unassigned'],
  ['Order Router', 2, 'Answer Rejected'],
  ['Order Router', 3, 'Answer Duplicate'],
  ['Order Router', 4, 'Why Not'],
  ['Why Not', 0, 'Name the Field'],
  ['Why Not', 1, 'Ask to Send Again'],
  ['Ask to Send Again', 0, 'Lead Not Stored'],
  ['CRM Deliver', 0, 'Answer Sent'],
  ['CRM Deliver', 1, 'Answer Queued'],
  ['CRM Deliver', 2, 'Answer Not Delivered'],
  ['CRM Deliver', 3, 'Answer Held'],
  ['Answer Sent', 0, 'Delivered'],
  ['Answer Queued', 0, 'LeadLoop Goes On Trying'],
  ['Answer Not Delivered', 0, 'Failed Message'],
  ['Answer Held', 0, 'Not Handed Over'],
  ['Answer Unassigned', 0, 'Unassigned Message'],
  ['Answer Rejected', 0, 'Rejected'],
  ['Answer Duplicate', 0, 'Known Already'],
  ['Failed Message', 0, 'Notify Address Set'],
  ['Unassigned Message', 0, 'Notify Address Set'],
  ...tail.links,
];

export default workflow({
  id: IDS.leadDistribution,
  name: 'LeadLoop: Lead Distribution',
  errorWorkflow: IDS.errorHandler,
  nodes,
  links,
  notes,
  pins,
});
