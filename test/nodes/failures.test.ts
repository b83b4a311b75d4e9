import type { INodeType } from 'n8n-workflow';

import { CrmDeliver } from '../../nodes/CrmDeliver/CrmDeliver.node.js';
import { LeadLoop } from '../../nodes/LeadLoop/LeadLoop.node.js';
import { LeadLoopQualify } from '../../nodes/LeadLoopQualify/LeadLoopQualify.node.js';
import { OrderRouter } from '../../nodes/OrderRouter/OrderRouter.node.js';
import {
  always,
  BASE_URL,
  errorOf,
  itemsOf,
  networkError,
  runNode,
  type Transport,
} from './support/mock.js';

interface Fault {
  name: string;
  transport: Transport;
  message: string;
  advice: RegExp;
  httpCode: string | null;
  code: string;
}

const refused = (status: number, code: string, message: string, details?: unknown): Transport =>
  always({ error: code, message, ...(details === undefined ? {} : { details }) }, status);

const FAULTS: Fault[] = [
  {
    name: '400',
    transport: refused(400, 'validation_error', 'The body is not valid.', { phone: 'is required' }),
    message: 'The body is not valid: phone is required',
    advice: /Correct the fields/,
    httpCode: '400',
    code: 'validation_error',
  },
  {
    name: '401',
    transport: refused(401, 'unauthorized', 'Send a valid API key.'),
    message: 'Send a valid API key',
    advice: /API key in the LeadLoop credential/,
    httpCode: '401',
    code: 'unauthorized',
  },
  {
    name: '403',
    transport: refused(403, 'forbidden', 'This key lacks the scope "operate".'),
    message: 'This key lacks the scope "operate"',
    advice: /has this scope/,
    httpCode: '403',
    code: 'forbidden',
  },
  {
    name: '404',
    transport: refused(404, 'not_found', 'No lead has the id x.'),
    message: 'No lead has the id x',
    advice: /Check the ID/,
    httpCode: '404',
    code: 'not_found',
  },
  {
    name: '409',
    transport: refused(409, 'already_assigned', 'Somebody has assigned this lead already.'),
    message: 'Somebody has assigned this lead already',
    advice: /Read the record again/,
    httpCode: '409',
    code: 'already_assigned',
  },
  {
    name: '422',
    transport: refused(422, 'idempotency_mismatch', 'This key was used for another request.'),
    message: 'This key was used for another request',
    advice: /new execution/,
    httpCode: '422',
    code: 'idempotency_mismatch',
  },
  {
    name: '429',
    transport: refused(429, 'overloaded', 'Too many leads are waiting.'),
    message: 'Too many leads are waiting',
    advice: /Retry On Fail/,
    httpCode: '429',
    code: 'overloaded',
  },
  {
    name: '500',
    transport: refused(500, 'internal_error', 'Something went wrong here.'),
    message: 'Something went wrong here',
    advice: /log of the LeadLoop service/,
    httpCode: '500',
    code: 'internal_error',
  },
  {
    name: 'a refused connection',
    transport: () => networkError('ECONNREFUSED'),
    message: `LeadLoop at ${BASE_URL} refused the connection`,
    advice: /host\.docker\.internal/,
    httpCode: null,
    code: 'connection_refused',
  },
  {
    name: 'an unknown host',
    transport: () => networkError('ENOTFOUND'),
    message: `LeadLoop at ${BASE_URL} could not be found`,
    advice: /host name/,
    httpCode: null,
    code: 'host_not_found',
  },
  {
    name: 'a timeout',
    transport: () => networkError('ECONNABORTED'),
    message: `LeadLoop at ${BASE_URL} did not answer in time`,
    advice: /takes effect once/,
    httpCode: null,
    code: 'timeout',
  },
  {
    name: 'an untrusted certificate',
    transport: () => networkError('DEPTH_ZERO_SELF_SIGNED_CERT'),
    message: `The certificate of LeadLoop at ${BASE_URL} is not trusted`,
    advice: /Ignore SSL Issues/,
    httpCode: null,
    code: 'certificate_refused',
  },
  {
    name: 'an answer that is not JSON',
    transport: always('<html>Welcome</html>'),
    message: `${BASE_URL} answered with status 200 and something that is not LeadLoop's JSON`,
    advice: /without \/api/,
    httpCode: '200',
    code: 'unexpected_answer',
  },
  {
    name: 'a redirect',
    transport: () => ({
      status: 301,
      headers: { location: 'https://leads.example.com/' },
      body: '<html>Moved</html>',
    }),
    message: `${BASE_URL} answered with status 301 and points to https://leads.example.com/`,
    advice: /base URL/,
    httpCode: '301',
    code: 'redirected',
  },
  {
    name: 'an error of another service',
    transport: always({ detail: 'nope' }, 502),
    message: `${BASE_URL} answered with status 502 and something that is not LeadLoop's JSON`,
    advice: /base URL/,
    httpCode: '502',
    code: 'unexpected_answer',
  },
];

interface Case {
  node: string;
  type: INodeType;
  /** The output that failed items take with Continue. */
  output: number;
}

const NODES: Case[] = [
  { node: 'Order Router', type: new OrderRouter(), output: 1 },
  { node: 'CRM Deliver', type: new CrmDeliver(), output: 2 },
  { node: 'LeadLoop Qualify', type: new LeadLoopQualify(), output: 1 },
  { node: 'LeadLoop', type: new LeadLoop(), output: 0 },
];

const items = itemsOf(2, (n) => ({
  ghl_contact_id: `c${n}`,
  lead_id: `lead-${n}`,
  delivery_ids: [`delivery-${n}`],
}));

describe.each(NODES)('$node', ({ type, output }) => {
  test.each(FAULTS)(
    'on $name, names the item, what happened and what to do',
    async ({ transport, message, advice, httpCode }) => {
      const error = await errorOf(type, { items, transport });
      expect(error.message).toBe(`Item 0: ${message}`);
      expect(error.description).toMatch(advice);
      expect(error.httpCode ?? null).toBe(httpCode);
      expect(error.context?.itemIndex).toBe(0);
      expect(['NodeApiError', 'NodeOperationError']).toContain(error.name);
    },
  );

  test.each(FAULTS)(
    'on $name with Continue, gives each item its error on the safe output',
    async ({ transport, message, code }) => {
      const { outputs } = await runNode(type, { items, transport, continueOnFail: true });
      expect(outputs.map(({ length }) => length)).toEqual(
        outputs.map((_, index) => (index === output ? 2 : 0)),
      );
      outputs[output]?.forEach((item, index) => {
        expect(item.pairedItem).toEqual({ item: index });
        expect(item.json.error).toBe(`Item ${index}: ${message}`);
        expect(Object.keys(item.json).sort()).toEqual(['details', 'error', 'message']);
        expect(item.json.details).toMatchObject({ code });
      });
    },
  );

  test('without a credential and with Continue, no item reaches a business output', async () => {
    const { outputs } = await runNode(type, {
      items,
      transport: always({}),
      continueOnFail: true,
      credential: { baseUrl: { toString: () => fail() } as never },
    });
    expect(outputs.flat()).toHaveLength(2);
    expect(outputs[output]).toHaveLength(2);
  });
});

function fail(): never {
  throw new Error('Node does not have any credentials set');
}

describe('a request whose twin is still running', () => {
  const busy = {
    status: 409,
    headers: { 'retry-after': '0' },
    body: { error: 'in_flight', message: 'A request with this Idempotency-Key is still running.' },
  };
  const done = { body: { lead_id: 'lead-0', decision: 'book_now', score: 90 } };

  test('is sent again under the same key until there is an answer', async () => {
    const { outputs, sent } = await runNode(new LeadLoopQualify(), {
      items: items.slice(0, 1),
      transport: (_sent, index) => (index < 3 ? busy : done),
    });
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ key }) => key))).toEqual(new Set(['n8n:42:node-1:0:0']));
    expect(outputs[0]).toHaveLength(1);
  });

  test('is given up after six tries', async () => {
    let tries = 0;
    const error = await errorOf(new LeadLoopQualify(), {
      items: items.slice(0, 1),
      transport: () => {
        tries += 1;
        return busy;
      },
    });
    expect(tries).toBe(6);
    expect(error.message).toMatch(/still running/);
  });
});

describe('the base URL', () => {
  test.each([
    'http://leadloop.example.com:4100/',
    ' http://leadloop.example.com:4100// ',
    'http://leadloop.example.com:4100/api',
    'http://leadloop.example.com:4100/api/',
  ])('works as %j', async (baseUrl) => {
    const { sent } = await runNode(new LeadLoopQualify(), {
      items: items.slice(0, 1),
      transport: always({ decision: 'book_now' }),
      credential: { baseUrl },
    });
    expect(sent[0]?.options.url).toBe(`${BASE_URL}/api/qualify`);
  });
});
