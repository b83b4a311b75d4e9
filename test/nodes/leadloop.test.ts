import type { IDataObject, INodeParameters, INodeProperties } from 'n8n-workflow';

import { LeadLoop } from '../../nodes/LeadLoop/LeadLoop.node.js';
import {
  always,
  errorOf,
  itemsOf,
  jsonOf,
  runNode,
  type FakeAnswer,
  type Sent,
} from './support/mock.js';

const leadLoop = new LeadLoop();

interface Case {
  resource: string;
  operation: string;
  parameters?: INodeParameters;
  json?: IDataObject;
  binary?: Record<string, Buffer>;
  /** The requests, in order: method, path, and body or query. */
  requests: { method: string; path: string; body?: unknown; query?: unknown }[];
  /** Answers, in order; the last one repeats. */
  answers: FakeAnswer[];
  /** What comes out; default: the last answer's body. */
  out?: IDataObject[];
}

const LEAD = {
  id: 'lead-1',
  kind: 'response',
  status: 'open',
  name: 'Alex Morgan',
  phone: '+12025550123',
  version: 3,
  ai_call_notes: 'long text',
  decisions: [],
};
const TASK = {
  id: 'task-1',
  lead_id: 'lead-1',
  state: 'open',
  matched_words: ['urgent'],
  version: 2,
};
const BROKER = { id: 'broker-1', name: 'Example Funding', version: 4, crm_headers: {} };
const ORDER = { id: 'order-1', name: 'MCA leads', version: 5, bonus_mode: false };
const APPOINTMENT = { appointment_id: 'apt-1', review_request: { status: 'scheduled' } };
const MESSAGE = { id: 'msg-1', status: 'queued', checks: [], reason_code: null };
const rlc = (value: string): INodeParameters[string] => ({ __rl: true, mode: 'id', value });
const full = { simplify: false };
const raw = Buffer.from('{"event":"invitee.created"}');

const CASES: Case[] = [
  {
    resource: 'lead',
    operation: 'captureMissedCall',
    json: {
      body: { CallSid: 'CA1', CallStatus: 'no-answer' },
      headers: { 'x-twilio-signature': 'sig' },
      webhookUrl: 'https://n8n.example.com/webhook/call',
    },
    parameters: {
      proof: {
        signature: "={{ $json.headers['x-twilio-signature'] }}",
        url: '={{ $json.webhookUrl }}',
      },
    },
    requests: [
      {
        method: 'POST',
        path: '/api/calls/missed',
        body: {
          provider: 'twilio',
          params: { CallSid: 'CA1', CallStatus: 'no-answer' },
          provider_proof: {
            signature: 'sig',
            url: 'https://n8n.example.com/webhook/call',
            params: { CallSid: 'CA1', CallStatus: 'no-answer' },
          },
        },
      },
    ],
    answers: [{ body: { lead_id: 'lead-1', missed: true, task_id: 'task-1' } }],
  },
  {
    resource: 'lead',
    operation: 'captureMissedCall',
    json: { body: { phone_number: '+12025550123' } },
    parameters: { provider: 'ghl', proof: { signature: 'sig', rawBodyField: 'data' } },
    binary: { data: raw },
    requests: [
      {
        method: 'POST',
        path: '/api/calls/missed',
        body: {
          provider: 'ghl',
          params: { phone_number: '+12025550123' },
          provider_proof: { signature: 'sig', raw_body_base64: raw.toString('base64') },
        },
      },
    ],
    answers: [{ body: { lead_id: 'lead-1', missed: true } }],
  },
  {
    resource: 'lead',
    operation: 'captureMissedCall',
    json: { body: { phone_number: '+12025550123' } },
    parameters: { provider: 'ghl' },
    requests: [
      {
        method: 'POST',
        path: '/api/calls/missed',
        body: { provider: 'ghl', params: { phone_number: '+12025550123' } },
      },
    ],
    answers: [{ body: { lead_id: 'lead-1', missed: true } }],
  },
  {
    resource: 'lead',
    operation: 'captureForm',
    json: { body: { name: 'Alex Morgan', email: 'alex@example.com', message: 'Hello' } },
    parameters: {
      formId: 'contact',
      additionalFields: {
        submission_id: 's-1',
        submitted_at: '2026-03-01T09:00:00Z',
        form_version: '3',
        service: 'Cleaning',
        custom: '{"referrer":"newsletter"}',
      },
      consent: { sms: true, text: 'Text me', ip: '203.0.113.9' },
    },
    requests: [
      {
        method: 'POST',
        path: '/api/forms/submissions',
        body: {
          form_id: 'contact',
          submission_id: 's-1',
          submitted_at: '2026-03-01T09:00:00Z',
          form_version: '3',
          fields: {
            referrer: 'newsletter',
            name: 'Alex Morgan',
            email: 'alex@example.com',
            message: 'Hello',
            service: 'Cleaning',
          },
          consent: { sms: true, text: 'Text me', ip: '203.0.113.9' },
        },
      },
    ],
    answers: [{ body: { lead_id: 'lead-1', created: true, task_id: 'task-1' } }],
  },
  {
    resource: 'lead',
    operation: 'get',
    json: { lead_id: 'lead-1' },
    parameters: full,
    requests: [{ method: 'GET', path: '/api/leads/lead-1' }],
    answers: [{ body: LEAD }],
  },
  {
    resource: 'lead',
    operation: 'getAll',
    parameters: { ...full, filters: { kind: 'response', status: 'open', q: 'alex' }, limit: 2 },
    requests: [
      {
        method: 'GET',
        path: '/api/leads',
        query: { kind: 'response', status: 'open', q: 'alex', limit: 2 },
      },
    ],
    answers: [{ body: { data: [LEAD, LEAD], next_cursor: 'more' } }],
    out: [LEAD, LEAD],
  },
  {
    resource: 'lead',
    operation: 'update',
    json: { contact_id: 'c1' },
    parameters: { updateFields: { credit_score: '700', email: '' } },
    requests: [
      {
        method: 'PATCH',
        path: '/api/leads/update',
        body: { ghl_contact_id: 'c1', credit_score: '700', email: '' },
      },
    ],
    answers: [{ body: { lead_id: 'lead-1', updated_fields: ['credit_score', 'email'] } }],
  },
  {
    resource: 'lead',
    operation: 'lookup',
    json: { phone: '+1 202 555 0123' },
    parameters: { kind: 'response' },
    requests: [
      {
        method: 'GET',
        path: '/api/leads/lookup',
        query: { phone: '+1 202 555 0123', kind: 'response' },
      },
    ],
    answers: [{ body: { lead_id: 'lead-1', assigned: false } }],
    out: [{ found: true, lead_id: 'lead-1', assigned: false }],
  },
  {
    resource: 'lead',
    operation: 'lookup',
    json: { phone: '+1 202 555 0123' },
    requests: [
      {
        method: 'GET',
        path: '/api/leads/lookup',
        query: { phone: '+1 202 555 0123', kind: 'distribution' },
      },
    ],
    answers: [{ status: 404, body: { error: 'not_found', message: 'No lead has this number.' } }],
    out: [
      {
        found: false,
        lead_id: null,
        lead_name: null,
        status: null,
        assigned: false,
        broker: null,
        reason_code: 'not_found',
      },
    ],
  },
  {
    resource: 'lead',
    operation: 'route',
    json: { ghl_contact_id: 'c1' },
    parameters: full,
    requests: [
      {
        method: 'POST',
        path: '/api/leads/incoming/batch',
        body: { leads: [{ ghl_contact_id: 'c1' }] },
      },
    ],
    answers: [
      { body: { results: [{ lead_id: 'lead-1', status: 'duplicate', message: 'exists' }] } },
    ],
    out: [{ lead_id: 'lead-1', status: 'duplicate', message: 'exists' }],
  },
  {
    resource: 'lead',
    operation: 'qualify',
    json: { lead_id: 'lead-1' },
    parameters: full,
    requests: [{ method: 'POST', path: '/api/qualify', body: { lead_id: 'lead-1' } }],
    answers: [{ body: { lead_id: 'lead-1', decision: 'low_quality', score: 12 } }],
  },
  {
    resource: 'lead',
    operation: 'deliver',
    json: { delivery_ids: ['d1'] },
    parameters: full,
    requests: [
      {
        method: 'POST',
        path: '/api/deliveries/dispatch',
        body: { ids: ['d1'], wait_ms: 10_000 },
      },
    ],
    answers: [{ body: { data: [{ id: 'd1', status: 'failed' }] } }],
    out: [{ id: 'd1', status: 'failed', delivery_id: 'd1' }],
  },
  {
    resource: 'task',
    operation: 'create',
    json: { lead_id: 'lead-1' },
    parameters: {
      ...full,
      reason: 'Asked for a call',
      staffId: rlc('staff-1'),
      dueAt: '2026-03-01T09:00:00Z',
    },
    requests: [
      {
        method: 'POST',
        path: '/api/tasks',
        body: {
          lead_id: 'lead-1',
          reason: 'Asked for a call',
          owner_id: 'staff-1',
          due_at: '2026-03-01T09:00:00Z',
        },
      },
    ],
    answers: [{ status: 201, body: TASK }],
  },
  {
    resource: 'task',
    operation: 'claim',
    json: { data: { task_id: 'task-1' } },
    parameters: { ...full, staffId: rlc('staff-1') },
    requests: [{ method: 'POST', path: '/api/tasks/task-1/claim', body: { staff_id: 'staff-1' } }],
    answers: [{ body: TASK }],
  },
  {
    resource: 'task',
    operation: 'complete',
    json: { task_id: 'task-1' },
    parameters: { ...full, outcome: 'no_answer', note: 'Rang twice' },
    requests: [
      {
        method: 'POST',
        path: '/api/tasks/task-1/complete',
        body: { outcome: 'no_answer', note: 'Rang twice' },
      },
    ],
    answers: [{ body: TASK }],
  },
  {
    resource: 'task',
    operation: 'cancel',
    json: { task_id: 'task-1' },
    parameters: full,
    requests: [{ method: 'POST', path: '/api/tasks/task-1/cancel', body: {} }],
    answers: [{ body: TASK }],
  },
  {
    resource: 'task',
    operation: 'getAll',
    parameters: { ...full, filters: { state: 'open', overdue: true } },
    requests: [
      { method: 'GET', path: '/api/tasks', query: { state: 'open', overdue: true, limit: 50 } },
    ],
    answers: [{ body: { data: [TASK], next_cursor: null } }],
    out: [TASK],
  },
  {
    resource: 'appointment',
    operation: 'create',
    json: { lead_id: 'lead-1', scheduled_at: '2026-03-01T09:00:00-06:00' },
    parameters: { serviceType: 'Cleaning' },
    requests: [
      {
        method: 'POST',
        path: '/api/appointments',
        body: {
          lead_id: 'lead-1',
          scheduled_at: '2026-03-01T09:00:00-06:00',
          service_type: 'Cleaning',
        },
      },
    ],
    answers: [{ status: 201, body: APPOINTMENT }],
  },
  {
    resource: 'appointment',
    operation: 'update',
    json: { appointment_id: 'apt-1' },
    parameters: { updateFields: { status: 'no_show' } },
    requests: [
      { method: 'GET', path: '/api/appointments/apt-1' },
      {
        method: 'PATCH',
        path: '/api/appointments/apt-1',
        body: { status: 'no_show', version: 7 },
      },
    ],
    answers: [{ body: { ...APPOINTMENT, version: 7 } }, { body: APPOINTMENT }],
  },
  {
    resource: 'appointment',
    operation: 'handleCalendlyEvent',
    json: { headers: { 'calendly-webhook-signature': 't=1,v1=abc' } },
    binary: { data: raw },
    requests: [
      {
        method: 'POST',
        path: '/api/appointments/calendly-event',
        body: {
          provider_proof: { signature: 't=1,v1=abc', raw_body_base64: raw.toString('base64') },
        },
      },
    ],
    answers: [{ body: APPOINTMENT }],
  },
  {
    resource: 'message',
    operation: 'send',
    json: { lead_id: 'lead-1' },
    parameters: { ...full, body: 'Hello' },
    requests: [
      {
        method: 'POST',
        path: '/api/messages',
        body: { lead_id: 'lead-1', body: 'Hello' },
      },
    ],
    answers: [{ status: 201, body: MESSAGE }],
  },
  {
    resource: 'message',
    operation: 'send',
    json: { phone: '+1 202 555 0123' },
    parameters: { ...full, recipient: 'phone', body: 'Hello' },
    requests: [
      {
        method: 'POST',
        path: '/api/messages',
        body: { to: '+1 202 555 0123', body: 'Hello' },
      },
    ],
    answers: [{ status: 201, body: MESSAGE }],
  },
  {
    resource: 'suppression',
    operation: 'add',
    json: { phone: '+1 202 555 0123' },
    parameters: { reason: 'Asked on the phone' },
    requests: [
      {
        method: 'POST',
        path: '/api/suppressions',
        body: { phone: '+1 202 555 0123', reason: 'Asked on the phone' },
      },
    ],
    answers: [{ status: 201, body: { id: 'sup-1' } }],
  },
  {
    resource: 'suppression',
    operation: 'add',
    json: { phone: '+1 202 555 0123', email: 'alex@example.com' },
    parameters: { reason: 'Asked on the phone' },
    requests: [
      {
        method: 'POST',
        path: '/api/suppressions',
        body: { phone: '+1 202 555 0123', reason: 'Asked on the phone' },
      },
      {
        method: 'POST',
        path: '/api/suppressions',
        body: { email: 'alex@example.com', reason: 'Asked on the phone' },
      },
    ],
    answers: [
      { status: 201, body: { id: 'sup-1' } },
      { status: 201, body: { id: 'sup-2' } },
    ],
    out: [{ id: 'sup-1' }, { id: 'sup-2' }],
  },
  {
    resource: 'suppression',
    operation: 'check',
    json: { email: 'alex@example.com' },
    requests: [
      { method: 'POST', path: '/api/suppressions/check', body: { email: 'alex@example.com' } },
    ],
    answers: [{ body: { suppressed: true } }],
  },
  {
    resource: 'suppression',
    operation: 'remove',
    json: { phone: '+1 202 555 0123' },
    parameters: { reason: 'Asked again' },
    requests: [
      { method: 'GET', path: '/api/suppressions', query: { phone: '+1 202 555 0123', limit: 200 } },
      { method: 'DELETE', path: '/api/suppressions/sup-1', body: { reason: 'Asked again' } },
      { method: 'DELETE', path: '/api/suppressions/sup-2', body: { reason: 'Asked again' } },
    ],
    answers: [
      { body: { data: [{ id: 'sup-1' }, { id: 'sup-2' }], next_cursor: null } },
      { status: 204, body: '' },
    ],
    out: [{ phone: '+1 202 555 0123', removed: 2, suppression_ids: ['sup-1', 'sup-2'] }],
  },
  {
    resource: 'broker',
    operation: 'create',
    parameters: {
      ...full,
      name: 'Example Funding',
      additionalFields: {
        contact_hours: 'custom',
        custom_hours: '[{"days":[1],"start":"09:00","end":"17:00"}]',
      },
    },
    requests: [
      {
        method: 'POST',
        path: '/api/brokers',
        body: {
          name: 'Example Funding',
          contact_hours: 'custom',
          custom_hours: [{ days: [1], start: '09:00', end: '17:00' }],
        },
      },
    ],
    answers: [{ status: 201, body: BROKER }],
  },
  {
    resource: 'broker',
    operation: 'get',
    parameters: { ...full, brokerId: rlc('broker-1') },
    requests: [{ method: 'GET', path: '/api/brokers/broker-1' }],
    answers: [{ body: BROKER }],
  },
  {
    resource: 'broker',
    operation: 'getAll',
    parameters: { ...full, filters: { assignment_status: 'active' } },
    requests: [
      { method: 'GET', path: '/api/brokers', query: { assignment_status: 'active', limit: 50 } },
    ],
    answers: [{ body: { data: [BROKER], next_cursor: null } }],
    out: [BROKER],
  },
  {
    resource: 'broker',
    operation: 'update',
    parameters: {
      ...full,
      brokerId: rlc('broker-1'),
      updateFields: { company: '', version: 4 },
    },
    requests: [
      { method: 'PATCH', path: '/api/brokers/broker-1', body: { company: '', version: 4 } },
    ],
    answers: [{ body: BROKER }],
  },
  {
    resource: 'broker',
    operation: 'pause',
    parameters: { ...full, brokerId: rlc('broker-1') },
    requests: [{ method: 'POST', path: '/api/brokers/broker-1/pause', body: {} }],
    answers: [{ body: BROKER }],
  },
  {
    resource: 'broker',
    operation: 'resume',
    parameters: { ...full, brokerId: rlc('broker-1') },
    requests: [{ method: 'POST', path: '/api/brokers/broker-1/resume', body: {} }],
    answers: [{ body: BROKER }],
  },
  {
    resource: 'order',
    operation: 'create',
    parameters: {
      ...full,
      brokerId: rlc('broker-1'),
      name: 'MCA leads',
      verticals: 'MCA, SBA ,',
      total_leads: 20,
      additionalFields: { credit_score_min: '650', priority: 'high' },
    },
    requests: [
      {
        method: 'POST',
        path: '/api/orders',
        body: {
          broker_id: 'broker-1',
          name: 'MCA leads',
          verticals: ['MCA', 'SBA'],
          total_leads: 20,
          credit_score_min: '650',
          priority: 'high',
        },
      },
    ],
    answers: [{ status: 201, body: ORDER }],
  },
  {
    resource: 'order',
    operation: 'get',
    parameters: { ...full, orderId: rlc('order-1') },
    requests: [{ method: 'GET', path: '/api/orders/order-1' }],
    answers: [{ body: ORDER }],
  },
  {
    resource: 'order',
    operation: 'getAll',
    parameters: { ...full, filters: { status: 'active', broker_id: 'broker-1' } },
    requests: [
      {
        method: 'GET',
        path: '/api/orders',
        query: { status: 'active', broker_id: 'broker-1', limit: 50 },
      },
    ],
    answers: [{ body: { data: [ORDER], next_cursor: null } }],
    out: [ORDER],
  },
  {
    resource: 'order',
    operation: 'update',
    parameters: {
      ...full,
      orderId: rlc('order-1'),
      updateFields: { verticals: 'All', credit_score_min: '' },
    },
    requests: [
      { method: 'GET', path: '/api/orders/order-1' },
      {
        method: 'PATCH',
        path: '/api/orders/order-1',
        body: { verticals: ['All'], credit_score_min: '', version: 5 },
      },
    ],
    answers: [{ body: ORDER }],
  },
  {
    resource: 'order',
    operation: 'pause',
    parameters: { ...full, orderId: rlc('order-1') },
    requests: [{ method: 'POST', path: '/api/orders/order-1/pause', body: {} }],
    answers: [{ body: ORDER }],
  },
  {
    resource: 'order',
    operation: 'resume',
    parameters: { ...full, orderId: rlc('order-1') },
    requests: [{ method: 'POST', path: '/api/orders/order-1/resume', body: {} }],
    answers: [{ body: ORDER }],
  },
];

/** Posts that change nothing need no key. */
const READS = ['/api/suppressions/check'];

describe('every operation', () => {
  test.each(CASES.map((one) => [`${one.resource}: ${one.operation}`, one] as const))(
    '%s sends its request and gives its answer, paired',
    async (_name, one) => {
      const { outputs, sent } = await runNode(leadLoop, {
        parameters: { resource: one.resource, operation: one.operation, ...one.parameters },
        items: [
          {
            json: one.json ?? {},
            ...(one.binary === undefined
              ? {}
              : { binary: { data: { data: '', mimeType: 'application/json' } } }),
          },
        ],
        binary: one.binary,
        transport: (_sent, index) => one.answers[Math.min(index, one.answers.length - 1)] ?? {},
      });
      expect(
        sent.map(({ method, path, body, query }) => ({
          method,
          path,
          ...(body === undefined ? {} : { body }),
          ...(query === undefined ? {} : { query }),
        })),
      ).toEqual(one.requests);
      expect(outputs).toHaveLength(1);
      const last = one.answers.at(-1)?.body as IDataObject;
      expect(jsonOf(outputs[0])).toEqual(one.out ?? [last]);
      for (const { pairedItem, json } of outputs[0] ?? []) {
        expect(pairedItem).toEqual({ item: 0 });
        expect(json).not.toHaveProperty('error');
      }
      expectKeys(sent);
    },
  );

  function expectKeys(sent: Sent[]): void {
    for (const { method, path, key } of sent) {
      const writes = method !== 'GET' && !READS.includes(path);
      if (writes) expect(key).toMatch(/^n8n:42:node-1:0:0/);
      else expect(key).toBeUndefined();
    }
  }

  test('is in this table', () => {
    const offered = (leadLoop.description.properties as INodeProperties[])
      .filter(({ name }) => name === 'operation')
      .flatMap(({ displayOptions, options }) =>
        (displayOptions?.show?.resource ?? []).flatMap((resource) =>
          (options ?? []).map(
            (option) => `${String(resource)}: ${String((option as { value: string }).value)}`,
          ),
        ),
      );
    expect(new Set(CASES.map(({ resource, operation }) => `${resource}: ${operation}`))).toEqual(
      new Set(offered),
    );
  });
});

describe('lists', () => {
  const page = (from: number, count: number, next: string | null): FakeAnswer => ({
    body: {
      data: Array.from({ length: count }, (_, n) => ({ id: `order-${from + n}` })),
      next_cursor: next,
    },
  });
  const list = { resource: 'order', operation: 'getAll', simplify: false };

  test('Return All follows the cursor to the end', async () => {
    const { outputs, sent } = await runNode(leadLoop, {
      parameters: { ...list, returnAll: true },
      transport: (_sent, index) =>
        [page(0, 200, 'a'), page(200, 200, 'b'), page(400, 5, null)][index] ?? {},
    });
    expect(sent.map(({ query }) => query)).toEqual([
      { limit: 200 },
      { limit: 200, cursor: 'a' },
      { limit: 200, cursor: 'b' },
    ]);
    expect(jsonOf(outputs[0]).map(({ id }) => id)).toEqual(
      Array.from({ length: 405 }, (_, n) => `order-${n}`),
    );
  });

  test('a limit over a page asks only for what is missing', async () => {
    const { outputs, sent } = await runNode(leadLoop, {
      parameters: { ...list, limit: 230 },
      transport: (_sent, index) => [page(0, 200, 'a'), page(200, 30, 'b')][index] ?? {},
    });
    expect(sent.map(({ query }) => query)).toEqual([{ limit: 200 }, { limit: 30, cursor: 'a' }]);
    expect(outputs[0]).toHaveLength(230);
  });

  test('each input item lists for itself, and the results are paired with it', async () => {
    const { outputs } = await runNode(leadLoop, {
      parameters: { ...list, filters: { broker_id: '={{ $json.broker }}' } },
      items: itemsOf(3, (n) => ({ broker: `b${n}` })),
      transport: (_sent, index) => page(index * 10, 2, null),
    });
    expect(outputs[0]?.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual([
      ['order-0', { item: 0 }],
      ['order-1', { item: 0 }],
      ['order-10', { item: 1 }],
      ['order-11', { item: 1 }],
      ['order-20', { item: 2 }],
      ['order-21', { item: 2 }],
    ]);
  });

  test('an answer that is no list is a failure', async () => {
    const error = await errorOf(leadLoop, { parameters: list, transport: always({ ok: true }) });
    expect(error.message).toMatch(/answered without a list/);
  });
});

describe('Simplify', () => {
  test('keeps what a workflow decides by', async () => {
    const { outputs } = await runNode(leadLoop, {
      parameters: { resource: 'task', operation: 'cancel' },
      items: [{ json: { task_id: 'task-1' } }],
      transport: always(TASK),
    });
    expect(jsonOf(outputs[0])).toEqual([
      {
        id: 'task-1',
        lead_id: 'lead-1',
        reason: null,
        owner_id: null,
        due_at: null,
        state: 'open',
        needs_review: null,
        outcome: null,
        version: 2,
      },
    ]);
  });

  test('never takes away a secret that is shown only once', async () => {
    const { outputs } = await runNode(leadLoop, {
      parameters: { resource: 'broker', operation: 'create', name: 'Example Funding' },
      transport: always({ ...BROKER, webhook_secret: 'whsec_x' }, 201),
    });
    expect(jsonOf(outputs[0])[0]).toMatchObject({ id: 'broker-1', webhook_secret: 'whsec_x' });
    expect(jsonOf(outputs[0])[0]).not.toHaveProperty('crm_headers');
  });
});

describe('the one output of the operations for agents', () => {
  test('has every routed lead, whatever became of it', async () => {
    const results = [
      { lead_id: 'a', assignment: { status: 'assigned' } },
      { lead_id: 'b', assignment: { status: 'unassigned', reason: 'r', reason_code: 'c' } },
      { lead_id: 'c', status: 'rejected', reason: 'credit_too_low' },
      { lead_id: 'd', status: 'duplicate', message: 'lead already exists' },
    ];
    const { outputs } = await runNode(leadLoop, {
      parameters: { resource: 'lead', operation: 'route' },
      items: itemsOf(4, (n) => ({ ghl_contact_id: `c${n}` })),
      transport: always({ results }),
    });
    expect(jsonOf(outputs[0]).map(({ status }) => status)).toEqual([
      'assigned',
      'unassigned',
      'rejected',
      'duplicate',
    ]);
    expect(outputs[0]?.map(({ pairedItem }) => pairedItem)).toEqual(
      [0, 1, 2, 3].map((item) => ({ item })),
    );
  });

  test('says that a broker has no webhook', async () => {
    const { outputs } = await runNode(leadLoop, {
      parameters: { resource: 'lead', operation: 'deliver' },
      items: [{ json: { delivery_ids: [] } }],
      transport: always({}),
    });
    expect(jsonOf(outputs[0])[0]).toMatchObject({ status: 'failed', reason_code: 'no_channel' });
  });

  test('250 leads go out in three requests', async () => {
    const { sent } = await runNode(leadLoop, {
      parameters: { resource: 'lead', operation: 'route' },
      items: itemsOf(250, (n) => ({ ghl_contact_id: `c${n}` })),
      transport: ({ body }) => ({
        body: {
          results: (body?.leads as unknown[]).map(() => ({ lead_id: 'x', status: 'duplicate' })),
        },
      }),
    });
    expect(sent).toHaveLength(3);
  });
});

describe('what an item lacks', () => {
  test.each<[string, INodeParameters, IDataObject, string]>([
    ['a lead', { resource: 'lead', operation: 'get' }, {}, '"Lead" is empty'],
    ['a phone', { resource: 'lead', operation: 'lookup' }, {}, '"Phone" is empty'],
    [
      'call parameters',
      { resource: 'lead', operation: 'captureMissedCall' },
      {},
      '"Call Parameters" is empty',
    ],
    ['a task', { resource: 'task', operation: 'claim' }, {}, '"Task ID" is empty'],
    [
      'a contact to suppress',
      { resource: 'suppression', operation: 'add', reason: 'x' },
      {},
      'Neither "Phone" nor "Email" is filled in',
    ],
    [
      'a reason',
      { resource: 'suppression', operation: 'remove' },
      { phone: '+12025550123' },
      '"Reason" is empty',
    ],
    [
      'a change',
      { resource: 'order', operation: 'update', orderId: rlc('order-1') },
      {},
      'There is nothing to change',
    ],
    [
      'the raw body',
      { resource: 'appointment', operation: 'handleCalendlyEvent' },
      { headers: {} },
      'The item has no binary field "data"',
    ],
    [
      'the raw body behind a signature',
      {
        resource: 'lead',
        operation: 'captureMissedCall',
        provider: 'ghl',
        callParameters: '{"phone_number": "+12025550123"}',
        proof: { signature: 'AAAA' },
      },
      {},
      'The item has no binary field "data"',
    ],
    [
      'JSON where JSON is needed',
      {
        resource: 'lead',
        operation: 'captureForm',
        additionalFields: { custom: '[1,2]' },
      },
      {},
      '"Custom Fields" is not a JSON object',
    ],
  ])('%s: nothing is sent and the field is named', async (_name, parameters, json, message) => {
    let calls = 0;
    const options = {
      parameters,
      items: [{ json }],
      transport: () => {
        calls += 1;
        return {};
      },
    };
    const error = await errorOf(leadLoop, options);
    expect(error.message).toBe(`Item 0: ${message}`);
    expect(error.description?.length).toBeGreaterThan(20);
    expect(calls).toBe(0);
  });
});

test('an operation that this version does not have is refused in words', async () => {
  const error = await errorOf(leadLoop, {
    node: { parameters: {} },
    parameters: { resource: 'lead', operation: 'teleport' },
    transport: always({}),
  });
  expect(error.message).toMatch(/no operation "teleport" for "lead"/);
});
