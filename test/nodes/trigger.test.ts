import { createHmac } from 'node:crypto';

import type {
  IDataObject,
  IHookFunctions,
  IHttpRequestOptions,
  IWebhookFunctions,
} from 'n8n-workflow';
import { Webhook } from 'standardwebhooks';

import { LeadLoopTrigger } from '../../nodes/LeadLoopTrigger/LeadLoopTrigger.node.js';
import { answerOf, BASE_URL, recorded, type FakeAnswer, type Sent } from './support/mock.js';

const trigger = new LeadLoopTrigger();
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const URL = 'http://localhost:5678/webhook/abc/webhook';
const TEST_URL = 'http://localhost:5678/webhook-test/abc/webhook';

/** The subscriptions of a LeadLoop service, in memory. */
function fakeService() {
  const subscriptions = new Map<string, IDataObject>();
  const sent: Sent[] = [];
  let down = false;
  const answer = ({ method, path, body }: Sent): FakeAnswer => {
    if (method === 'GET') return { body: { data: [...subscriptions.values()], next_cursor: null } };
    if (method === 'POST') {
      const made = { id: `sub-${subscriptions.size + 1}`, url: body?.url, events: body?.events };
      subscriptions.set(made.id, made as IDataObject);
      return { status: 201, body: { ...made, secret: SECRET } };
    }
    const id = path.split('/').at(-1) ?? '';
    return subscriptions.delete(id)
      ? { status: 204 }
      : { status: 404, body: { error: 'not_found', message: `No subscription has the id ${id}.` } };
  };
  return {
    subscriptions,
    sent,
    fall: () => {
      down = true;
    },
    request: (_credential: string, options: IHttpRequestOptions) => {
      const record = recorded(options);
      sent.push(record);
      if (down) {
        return Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
      }
      return Promise.resolve(answerOf(answer(record)));
    },
  };
}

type Service = ReturnType<typeof fakeService>;

function hooks(
  service: Service,
  memory: IDataObject,
  events: string[] = ['lead.assigned'],
  url = URL,
): IHookFunctions {
  return {
    getNode: () => ({ id: 'node-1', name: 'LeadLoop Trigger' }),
    getCredentials: () => Promise.resolve({ baseUrl: BASE_URL, apiKey: 'key' }),
    getNodeParameter: () => events,
    getNodeWebhookUrl: () => url,
    getWorkflowStaticData: () => memory,
    helpers: { httpRequestWithAuthentication: service.request },
  } as unknown as IHookFunctions;
}

const { checkExists, create, delete: remove } = trigger.webhookMethods.default;

/** What n8n does when a workflow is activated. */
async function activate(context: IHookFunctions): Promise<void> {
  if (!(await checkExists.call(context))) await create.call(context);
}

describe('the life of a subscription', () => {
  test('activating subscribes to the chosen events at the webhook address', async () => {
    const service = fakeService();
    const memory: IDataObject = {};
    await activate(hooks(service, memory, ['lead.assigned', 'task.created']));
    const posted = service.sent.filter(({ method }) => method === 'POST');
    expect(posted).toHaveLength(1);
    expect(posted[0]).toMatchObject({
      path: '/api/subscriptions',
      body: { url: URL, events: ['lead.assigned', 'task.created'] },
      key: expect.stringMatching(/^n8n:/) as unknown,
    });
  });

  test('a restart of n8n uses the subscription of before', async () => {
    const service = fakeService();
    const memory: IDataObject = {};
    await activate(hooks(service, memory));
    const kept = JSON.parse(JSON.stringify(memory)) as IDataObject;
    await activate(hooks(service, kept));
    expect([...service.subscriptions.keys()]).toEqual(['sub-1']);
    expect(kept).toEqual(memory);
  });

  test('a subscription that the service lost is made again', async () => {
    const service = fakeService();
    const memory: IDataObject = {};
    await activate(hooks(service, memory));
    service.subscriptions.clear();
    await activate(hooks(service, memory));
    expect(service.subscriptions.size).toBe(1);
  });

  test('other events replace the subscription', async () => {
    const service = fakeService();
    const memory: IDataObject = {};
    await activate(hooks(service, memory, ['lead.assigned']));
    await activate(hooks(service, memory, ['task.created']));
    expect([...service.subscriptions.values()]).toEqual([
      expect.objectContaining({ events: ['task.created'] }),
    ]);
  });

  test('the same events in another order are the same subscription', async () => {
    const service = fakeService();
    const memory: IDataObject = {};
    await activate(hooks(service, memory, ['lead.assigned', 'task.created']));
    await activate(hooks(service, memory, ['task.created', 'lead.assigned']));
    expect(service.sent.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  test('a subscription whose secret nobody remembers is removed before the new one', async () => {
    const service = fakeService();
    await activate(hooks(service, {}));
    await activate(hooks(service, {}));
    expect(service.subscriptions.size).toBe(1);
    expect(service.sent.some(({ method }) => method === 'DELETE')).toBe(true);
  });

  test('deactivating removes it, and forgets its secret', async () => {
    const service = fakeService();
    const memory: IDataObject = {};
    const context = hooks(service, memory);
    await activate(context);
    await remove.call(context);
    expect(service.subscriptions.size).toBe(0);
    expect(JSON.stringify(memory)).not.toContain('whsec_');
  });

  test('deactivating is fine when the service has removed it already, or nothing was made', async () => {
    const service = fakeService();
    const memory: IDataObject = {};
    const context = hooks(service, memory);
    expect(await remove.call(context)).toBe(true);
    await activate(context);
    service.subscriptions.clear();
    expect(await remove.call(context)).toBe(true);
  });

  test('listening for a test event does not touch the subscription of the published workflow', async () => {
    const service = fakeService();
    const memory: IDataObject = {};
    await activate(hooks(service, memory));
    const testing = hooks(service, memory, ['lead.assigned'], TEST_URL);
    await activate(testing);
    await remove.call(testing);
    expect([...service.subscriptions.values()].map(({ url }) => url)).toEqual([URL]);
    expect(await checkExists.call(hooks(service, memory))).toBe(true);
  });

  test.each(['checkExists', 'create', 'delete'] as const)(
    '%s says in words that the service is away',
    async (method) => {
      const service = fakeService();
      const context = hooks(service, {});
      if (method !== 'create') await activate(context);
      service.fall();
      await expect(trigger.webhookMethods.default[method].call(context)).rejects.toMatchObject({
        name: 'NodeApiError',
        message: `LeadLoop at ${BASE_URL} refused the connection`,
        description: expect.stringContaining('host.docker.internal') as unknown,
      });
    },
  );

  test('no chosen event is an error that says so', async () => {
    await expect(create.call(hooks(fakeService(), {}, []))).rejects.toMatchObject({
      message: 'No event is chosen',
    });
  });
});

interface Post {
  body?: string;
  id?: string;
  at?: number;
  secret?: string;
  headers?: Record<string, string | undefined>;
  memory?: IDataObject;
  rawBody?: Buffer | string | undefined;
}

const EVENT = {
  id: 'evt-1',
  type: 'lead.assigned',
  occurred_at: '2026-03-01T09:00:00.000Z',
  data: { lead_id: 'lead-1', order_id: 'order-1' },
};
const remembering = (...secrets: string[]): IDataObject => ({
  subscriptions: Object.fromEntries(
    secrets.map((secret, n) => [`url-${n}`, { id: `sub-${n}`, secret, events: [] }]),
  ) as unknown as IDataObject,
});

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** Posts an event to the trigger; what started, or the refusal. */
async function post(
  given: Post = {},
): Promise<{ items?: IDataObject[]; refused?: IDataObject; status?: number }> {
  const body = given.body ?? JSON.stringify(EVENT);
  const id = given.id ?? EVENT.id;
  const at = given.at ?? nowSeconds();
  const signature = new Webhook(given.secret ?? SECRET).sign(id, new Date(at * 1000), body);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': signature,
    ...given.headers,
  };
  const answer: { status?: number; refused?: IDataObject } = {};
  const response = {
    status(code: number) {
      answer.status = code;
      return response;
    },
    json(given: IDataObject) {
      answer.refused = given;
      return response;
    },
  };
  const request: { rawBody?: unknown; readRawBody: () => Promise<void> } = {
    rawBody: 'rawBody' in given ? given.rawBody : Buffer.from(body),
    readRawBody: () => Promise.resolve(),
  };
  const result = await trigger.webhook.call({
    getRequestObject: () => request,
    getResponseObject: () => response,
    getHeaderData: () => headers,
    getBodyData: () => JSON.parse(body) as IDataObject,
    getWorkflowStaticData: () => given.memory ?? remembering(SECRET),
    helpers: { returnJsonArray: (json: IDataObject) => [{ json }] },
  } as unknown as IWebhookFunctions);
  if (result.noWebhookResponse === true) return answer;
  return { items: result.workflowData?.[0]?.map(({ json }) => json) };
}

describe('an event that arrives', () => {
  test('starts the workflow with the event and its id', async () => {
    expect(await post()).toEqual({ items: [{ ...EVENT, webhook_id: 'evt-1' }] });
  });

  test('a redelivery with the same id is accepted, and the id shows that it is one', async () => {
    const first = await post({ at: nowSeconds() - 60 });
    const again = await post();
    expect(first.items?.[0]?.webhook_id).toBe('evt-1');
    expect(again.items?.[0]?.webhook_id).toBe('evt-1');
  });

  test('is accepted under any secret that the node remembers, and with several signatures', async () => {
    const memory = remembering(OTHER_SECRET, SECRET);
    expect((await post({ memory })).items).toHaveLength(1);
    const at = nowSeconds();
    const body = JSON.stringify(EVENT);
    const right = new Webhook(SECRET).sign('evt-1', new Date(at * 1000), body);
    const headers = { 'webhook-signature': `v1,AAAA v2,xyz ${right}` };
    expect((await post({ at, headers })).items).toHaveLength(1);
  });

  test.each<[string, Post, string]>([
    ['a signature by another secret', { secret: OTHER_SECRET }, 'signature_wrong'],
    [
      'a body that was changed after signing',
      { rawBody: Buffer.from('{"type":"lead.assigned"}') },
      'signature_wrong',
    ],
    ['an id that was changed', { headers: { 'webhook-id': 'evt-2' } }, 'signature_wrong'],
    [
      'a timestamp that was changed',
      { headers: { 'webhook-timestamp': String(nowSeconds() - 30) } },
      'signature_wrong',
    ],
    ['an event older than five minutes', { at: nowSeconds() - 310 }, 'timestamp_outside_window'],
    ['an event from the future', { at: nowSeconds() + 310 }, 'timestamp_outside_window'],
    ['no signature', { headers: { 'webhook-signature': undefined } }, 'signature_missing'],
    ['no id', { headers: { 'webhook-id': undefined } }, 'signature_missing'],
    ['no timestamp', { headers: { 'webhook-timestamp': undefined } }, 'signature_missing'],
    ['a timestamp in words', { headers: { 'webhook-timestamp': 'now' } }, 'timestamp_invalid'],
    ['an empty signature list', { headers: { 'webhook-signature': 'v1,' } }, 'signature_wrong'],
    ['a node that remembers no secret', { memory: {} }, 'no_secret'],
    ['a secret that is empty', { memory: remembering('whsec_') }, 'no_secret'],
    ['a body that was not kept raw', { rawBody: undefined }, 'body_missing'],
    ['a body that is not bytes', { rawBody: 'text' }, 'body_missing'],
  ])('with %s is refused with 401 and starts nothing', async (_name, given, reason) => {
    expect(await post(given)).toEqual({
      status: 401,
      refused: expect.objectContaining({ error: 'unauthorized', reason_code: reason }) as unknown,
    });
  });

  test('accepts an event just inside the window', async () => {
    expect((await post({ at: nowSeconds() - 290 })).items).toHaveLength(1);
  });

  test('an unsigned scheme is not enough: only v1 counts', async () => {
    const at = nowSeconds();
    const key = Buffer.from(SECRET.slice(6), 'base64');
    const mac = createHmac('sha256', key)
      .update(`evt-1.${at}.${JSON.stringify(EVENT)}`)
      .digest('base64');
    expect((await post({ at, headers: { 'webhook-signature': `v1,${mac}` } })).items).toHaveLength(
      1,
    );
    expect((await post({ at, headers: { 'webhook-signature': `v0,${mac}` } })).status).toBe(401);
  });
});
