import type { IDataObject, INodeExecutionData, IWebhookResponseData, Workflow } from 'n8n-workflow';

import { startFakeCrm, type CrmRequest, type FakeCrm } from '../fakes/crm.js';
import { sendLead } from '../support/builders.js';
import { testRuntime } from '../support/runtime.js';
import { ADMIN_KEY, startTestService, type TestService } from '../support/service.js';
import { core, PACKAGE, startEngine, type Credential, type Engine } from './support/engine.js';

interface Contexts {
  HookContext: new (...given: unknown[]) => never;
  WebhookContext: new (...given: unknown[]) => never;
}
const { HookContext, WebhookContext } = core as unknown as Contexts;

describe('LeadLoop Trigger with the contexts of n8n against the real service', () => {
  let service: TestService;
  let engine: Engine;
  let receiver: FakeCrm;
  let credential: Credential;
  let workflow: Workflow;

  beforeAll(async () => {
    // Its clock is the real one: the trigger compares the events' time with its own.
    service = await startTestService('sqlite', {
      runtime: testRuntime(new Date().toISOString()),
    });
    engine = await startEngine();
    receiver = await startFakeCrm();
    credential = { baseUrl: service.address, apiKey: ADMIN_KEY, ignoreSslIssues: false };
  });
  afterAll(async () => {
    await service.stop();
    await receiver.close();
  });
  beforeEach(() => {
    receiver.requests.length = 0;
    workflow = workflowWith({});
  });
  afterEach(async () => {
    if (await hook('checkExists')) await hook('delete');
  });

  function workflowWith(staticData: IDataObject): Workflow {
    const made = engine.workflowOf({
      nodes: [
        {
          name: 'Trigger',
          type: `${PACKAGE}.leadLoopTrigger`,
          webhookId: 'hook-1',
          parameters: { events: ['lead.created'] },
        },
      ],
      connections: {},
    });
    made.staticData = staticData;
    return made;
  }
  const trigger = () => workflow.nodeTypes.getByNameAndVersion(`${PACKAGE}.leadLoopTrigger`);
  const additional = () => ({
    ...engine.additionalData(workflow, { credential }),
    webhookBaseUrl: receiver.url('/webhook').replace(/\/$/, ''),
    webhookTestBaseUrl: receiver.url('/webhook-test').replace(/\/$/, ''),
  });
  const webhookData = () => ({
    webhookDescription: trigger().description.webhooks?.[0],
    isTest: false,
  });

  function hook(method: 'checkExists' | 'create' | 'delete'): Promise<boolean> | undefined {
    const context = new HookContext(
      workflow,
      workflow.getNode('Trigger'),
      additional(),
      'trigger',
      'activate',
      webhookData(),
    );
    return trigger().webhookMethods?.default?.[method]?.call(context);
  }
  /** As n8n activates: subscribe only when there is nothing to reuse. */
  async function activate(): Promise<void> {
    if ((await hook('checkExists')) !== true) await hook('create');
  }
  const subscriptions = async () =>
    (await service.get<{ data: { id: string; url: string }[] }>('/api/subscriptions')).body.data;

  /** Hands a request that reached the webhook's address to the node. */
  async function arrive(
    request: CrmRequest,
  ): Promise<{ items?: INodeExecutionData[]; status?: number }> {
    let answered: number | undefined;
    const response = {
      status(code: number) {
        answered = code;
        return response;
      },
      json: () => response,
    };
    const context = new WebhookContext(
      workflow,
      workflow.getNode('Trigger'),
      {
        ...additional(),
        httpRequest: {
          headers: request.headers,
          body: JSON.parse(request.body) as IDataObject,
          rawBody: Buffer.from(request.body),
          params: {},
          query: {},
        },
        httpResponse: response,
      },
      'trigger',
      webhookData(),
      [],
      null,
    );
    const result = (await trigger().webhook?.call(context)) as IWebhookResponseData;
    return result.noWebhookResponse === true
      ? { status: answered }
      : { items: result.workflowData?.[0] };
  }
  async function nextEvent(id: string): Promise<CrmRequest> {
    await sendLead(service, { ghl_contact_id: id });
    await service.service.handOnDue();
    const request = receiver.requests.at(-1);
    if (request === undefined) throw new Error('No event arrived.');
    return request;
  }

  test('activating subscribes, a restart reuses it, deactivating removes it', async () => {
    await activate();
    const [made, ...others] = await subscriptions();
    expect(others).toEqual([]);
    expect(made?.url).toContain('/webhook/');

    workflow = workflowWith(JSON.parse(JSON.stringify(workflow.staticData)) as IDataObject);
    await activate();
    expect((await subscriptions()).map(({ id }) => id)).toEqual([made?.id]);

    await hook('delete');
    expect(await subscriptions()).toEqual([]);
  });

  test('a real event starts the workflow', async () => {
    await activate();
    const { items } = await arrive(await nextEvent('trigger-1'));
    expect(items).toHaveLength(1);
    expect(items?.[0]?.json).toMatchObject({
      type: 'lead.created',
      webhook_id: items?.[0]?.json.id,
      data: { lead_id: expect.any(String) as unknown },
    });
  });

  test('a real redelivery after a failure has the same id and is accepted', async () => {
    await activate();
    receiver.next({ kind: 'answer', status: 500 });
    const first = await nextEvent('trigger-2');
    service.runtime.advance(60_000);
    await service.service.handOnDue();
    const again = receiver.requests.at(-1);
    if (again === undefined || again === first) throw new Error('No redelivery came.');
    const ids = [(await arrive(first)).items, (await arrive(again)).items].map(
      (items) => items?.[0]?.json.webhook_id,
    );
    expect(ids[0]).toBeDefined();
    expect(ids[1]).toBe(ids[0]);
  });

  test('a forged and a stale event are refused with 401', async () => {
    await activate();
    const event = await nextEvent('trigger-3');
    const forged = { ...event, body: event.body.replace('lead.created', 'lead.assigned') };
    expect(await arrive(forged)).toEqual({ status: 401 });
    const old = String(Number(event.headers['webhook-timestamp']) - 600);
    const stale = { ...event, headers: { ...event.headers, 'webhook-timestamp': old } };
    expect(await arrive(stale)).toEqual({ status: 401 });
    expect((await arrive(event)).items).toHaveLength(1);
  });
});
