/** What the pictures say of each type of node: its kind in words, a colour, its outputs' names. */
const KINDS = {
  'n8n-nodes-base.webhook': ['Webhook', '#8a3ab0'],
  'n8n-nodes-base.respondToWebhook': ['Respond to Webhook', '#8a3ab0'],
  'n8n-nodes-base.set': ['Edit Fields', '#2f62c9'],
  'n8n-nodes-base.if': ['If', '#3b7d2b', () => ['true', 'false']],
  'n8n-nodes-base.switch': ['Switch', '#3b7d2b', casesOf],
  'n8n-nodes-base.removeDuplicates': ['Remove Duplicates', '#3b7d2b', () => ['Kept']],
  'n8n-nodes-base.httpRequest': ['HTTP Request', '#2f62c9'],
  'n8n-nodes-base.noOp': ['No Operation', '#6b7280'],
  'n8n-nodes-base.stopAndError': ['Stop and Error', '#b42318'],
  'n8n-nodes-base.errorTrigger': ['Error Trigger', '#8a3ab0'],
  'n8n-nodes-leadloop.leadLoop': ['LeadLoop', '#c2410c'],
  'n8n-nodes-leadloop.leadLoopTrigger': ['LeadLoop Trigger', '#c2410c'],
  'n8n-nodes-leadloop.leadLoopQualify': [
    'LeadLoop Qualify',
    '#c2410c',
    () => ['Book Now', 'Follow Up', 'Low Quality'],
  ],
  'n8n-nodes-leadloop.orderRouter': [
    'Order Router',
    '#c2410c',
    () => ['Assigned', 'Unassigned', 'Rejected', 'Duplicate'],
  ],
  'n8n-nodes-leadloop.crmDeliver': ['CRM Deliver', '#c2410c', () => ['Sent', 'Queued', 'Failed']],
};

function casesOf({ rules, options }) {
  const cases = rules.values.map(({ outputKey }) => outputKey);
  return options.fallbackOutput === 'extra' ? [...cases, options.renameFallbackOutput] : cases;
}

/** "createTask" as "create task". */
const inWords = (name) => name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);

/** What a node of many operations does: "update" alone would not say what. */
const actionOf = (resource, operation) =>
  /[A-Z]/.test(operation) ? inWords(operation) : `${operation} ${resource}`;

/** A node's kind, its colour and the names of its outputs, the Error output last. */
export function kindOf({ type, parameters, onError }) {
  const known = KINDS[type];
  if (known === undefined) throw new Error(`The pictures know no node of the type ${type}.`);
  const [label, colour, outputs = () => ['']] = known;
  const { resource, operation } = parameters;
  return {
    label: resource === undefined ? label : `${label}: ${actionOf(resource, operation)}`,
    colour,
    outputs: [...outputs(parameters), ...(onError === 'continueErrorOutput' ? ['Error'] : [])],
  };
}
