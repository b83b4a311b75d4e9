import { COLUMN, ROW } from './grid.mjs';

/** The parts that the workflows are put together from: nodes, by what they do there. */

/** A node at a column and a row; its id is set when the workflow is put together. */
export function node(name, type, typeVersion, [column, row], parameters, more = {}) {
  return {
    parameters,
    type,
    typeVersion,
    position: [column * COLUMN, row * ROW],
    name,
    ...more,
  };
}

const core = (type) => `n8n-nodes-base.${type}`;
const ours = (type) => `n8n-nodes-leadloop.${type}`;

/**
 * A call that somebody waits for: tried again at once under the same key, for a lost answer or a
 * restart. n8n also repeats what was refused, so a longer wait would hold up every refusal.
 */
const PROMPT = {
  retryOnFail: true,
  maxTries: 3,
  waitBetweenTries: 250,
  onError: 'continueErrorOutput',
};

/** A call that nobody waits for any more: tried for ten seconds. */
const PATIENT = {
  retryOnFail: true,
  maxTries: 3,
  waitBetweenTries: 5000,
  onError: 'continueErrorOutput',
};

/** A value that the user edits, wherever it is needed. */
export const setting = (name) => `$('Settings').first().json.${name}`;

export const webhook = (name, at, path, webhookId, options = {}) =>
  node(
    name,
    core('webhook'),
    2.1,
    at,
    { httpMethod: 'POST', path, responseMode: 'responseNode', options },
    { webhookId },
  );

const assignment = ([name, value]) => ({
  name,
  value,
  type: typeof value === 'number' ? 'number' : 'string',
});

/** Sets fields; `pass` keeps what came in, the raw body included. */
export const fields = (name, at, values, pass = false) =>
  node(name, core('set'), 3.5, at, {
    assignments: { assignments: Object.entries(values).map(assignment) },
    ...(pass ? { includeOtherFields: true } : {}),
    options: pass ? { stripBinary: false } : {},
  });

/** The one node with everything that a user edits. */
export const settings = (at, values) => fields('Settings', at, values, true);

const isTrue = (expression) => ({
  options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 3 },
  conditions: [
    {
      leftValue: `={{ ${expression} }}`,
      rightValue: '',
      operator: { type: 'boolean', operation: 'true', singleValue: true },
    },
  ],
  combinator: 'and',
});

export const when = (name, at, expression) =>
  node(name, core('if'), 2.3, at, { conditions: isTrue(expression), options: {} });

/**
 * True for what LeadLoop takes in for the first time, false for a repetition: the item is its answer.
 * Under Retry On Fail it is still the first time.
 */
export const firstTime = (at) => when('First Time', at, '!$json.repeated');

/** An output per case, in order, and one for everything else when `otherwise` names it. */
export const choose = (name, at, cases, otherwise) =>
  node(name, core('switch'), 3.4, at, {
    rules: {
      values: Object.entries(cases).map(([outputKey, expression]) => ({
        conditions: isTrue(expression),
        renameOutput: true,
        outputKey,
      })),
    },
    options:
      otherwise === undefined ? {} : { fallbackOutput: 'extra', renameFallbackOutput: otherwise },
  });

export const answerJson = (name, at, status, body) =>
  node(name, core('respondToWebhook'), 1.5, at, {
    respondWith: 'json',
    responseBody: `={{ ${body} }}`,
    options: { responseCode: status },
  });

/** TwiML that asks Twilio for nothing more. */
export const answerTwilio = (name, at, status) =>
  node(name, core('respondToWebhook'), 1.5, at, {
    respondWith: 'text',
    responseBody: '<Response/>',
    options: {
      responseCode: status,
      responseHeaders: { entries: [{ name: 'Content-Type', value: 'text/xml; charset=utf-8' }] },
    },
  });

export const redirect = (name, at, url) =>
  node(name, core('respondToWebhook'), 1.5, at, {
    respondWith: 'redirect',
    redirectURL: `={{ ${url} }}`,
    options: { responseCode: 303 },
  });

export const nothing = (name, at) => node(name, core('noOp'), 1, at, {});

/** Ends the execution as failed, which starts the error handler. */
export const fail = (name, at, message) =>
  node(name, core('stopAndError'), 1, at, { errorMessage: `={{ ${message} }}` });

/** A text for staff, under `text`. */
export const message = (name, at, text) => fields(name, at, { text: `=${text}` });

export const leadLoop = (name, at, resource, operation, parameters, isWaitedFor = true) =>
  node(
    name,
    ours('leadLoop'),
    1,
    at,
    { resource, operation, ...parameters },
    isWaitedFor ? PROMPT : PATIENT,
  );

export const qualify = (name, at, parameters) =>
  node(name, ours('leadLoopQualify'), 1, at, { ...parameters, options: {} }, PATIENT);

export const orderRouter = (name, at, parameters) =>
  node(name, ours('orderRouter'), 1, at, parameters, PROMPT);

export const crmDeliver = (name, at, parameters) =>
  node(name, ours('crmDeliver'), 1, at, parameters, PROMPT);

export const leadLoopTrigger = (name, at, events, webhookId) =>
  node(name, ours('leadLoopTrigger'), 1, at, { events }, { webhookId });

export const errorTrigger = (name, at) => node(name, core('errorTrigger'), 1, at, {});

/** An id, given by an expression, for one of our "From list / By ID" parameters. */
export const byId = (expression) => ({ __rl: true, mode: 'id', value: `={{ ${expression} }}` });

/** Keeps the first item with a value, in all executions. Its history fills up: see `forget`. */
export const once = (name, at, value) =>
  node(
    name,
    core('removeDuplicates'),
    2,
    at,
    {
      operation: 'removeItemsSeenInPreviousExecutions',
      dedupeValue: `={{ ${value} }}`,
      options: { scope: 'workflow' },
    },
    { onError: 'continueErrorOutput' },
  );

/**
 * n8n's Remove Duplicates remembers 10,000 values and then fails for good. Its Error output leads
 * here: the memory begins anew, and the item goes on.
 */
export const forget = (name, at) =>
  node(name, core('removeDuplicates'), 2, at, {
    operation: 'clearDeduplicationHistory',
    options: { scope: 'workflow' },
  });

/** The end of every path that tells staff something: nodes, and their connections. */
export function notify([column, row]) {
  return {
    nodes: [
      when('Notify Address Set', [column, row], `!!${setting('notify_url')}`),
      node(
        'Notify Staff',
        core('httpRequest'),
        4.5,
        [column + 1, row],
        {
          method: 'POST',
          url: `={{ ${setting('notify_url')} }}`,
          sendBody: true,
          bodyParameters: {
            parameters: [{ name: `={{ ${setting('notify_field')} }}`, value: '={{ $json.text }}' }],
          },
          options: { timeout: 10000 },
        },
        { retryOnFail: true, maxTries: 3, waitBetweenTries: 2000 },
      ),
      nothing('Connect Chat or Email Here', [column + 1, row + 1]),
    ],
    links: [
      ['Notify Address Set', 0, 'Notify Staff'],
      ['Notify Address Set', 1, 'Connect Chat or Email Here'],
    ],
  };
}

/** Where a lead is seen: a link when the address of the dashboard is set, else its id. */
export const leadLink = (id) =>
  `{{ ${setting('dashboard_url')} ? ${setting('dashboard_url')} + '/leads/' + ${id} : 'Lead ' + ${id} }}`;

/** What a failed item says, without the number of its item. */
export const WHY = `($json.error ?? '').replace(/^Item \\d+: /, '')`;

/** Why the service did not take something, as cases for `choose`. */
export const REFUSALS = {
  'Not Genuine': `$json.details?.code === 'invalid_signature'`,
  'Not Readable': `[400, 413, 422].includes($json.details?.status)`,
};
