import type { IDataObject, INodeExecutionData, IRun } from 'n8n-workflow';

import { startFakeCrm, status, type FakeCrm } from '../fakes/crm.js';
import { makeBroker, makeOrder } from '../support/builders.js';
import { ADMIN_KEY, startTestService, type TestService } from '../support/service.js';
import { jsonOf } from './support/mock.js';
import {
  branchSpec,
  originsOf,
  outputsOf,
  PACKAGE,
  startEngine,
  type Credential,
  type Engine,
  type WorkflowSpec,
} from './support/engine.js';

const BRANCHES = ['Sent', 'Queued', 'Failed'];

describe('CRM Deliver in the engine of n8n against the real service', () => {
  let service: TestService;
  let engine: Engine;
  let crm: FakeCrm;
  let credential: Credential;

  beforeAll(async () => {
    service = await startTestService('sqlite', { env: { EGRESS_ALLOW_CIDRS: '127.0.0.0/8' } });
    service.service.start();
    engine = await startEngine();
    crm = await startFakeCrm();
    credential = { baseUrl: service.address, apiKey: ADMIN_KEY, ignoreSslIssues: false };
  });
  afterAll(async () => {
    await service.stop();
    await crm.close();
  });
  beforeEach(() => {
    crm.requests.length = 0;
    crm.behave({ kind: 'answer', status: 200 });
  });

  /** An order for one vertical only, of a broker with these fields. */
  async function buyer(vertical: string, fields: Record<string, unknown>): Promise<void> {
    const broker = await makeBroker(service, fields);
    await makeOrder(service, { broker_id: broker.id, verticals: [vertical], total_leads: 100 });
  }
  const lead = (n: number, vertical: string): INodeExecutionData => ({
    json: {
      n,
      ghl_contact_id: `${vertical}-${n}`,
      vertical,
      credit_score: 700,
      funding_amount: 40_000,
    },
  });

  /** Order Router, then CRM Deliver, as the shipped workflow wires them. */
  function spec(parameters: IDataObject = {}): WorkflowSpec {
    const deliver = branchSpec('crmDeliver', parameters as never, BRANCHES);
    return {
      nodes: [
        ...deliver.nodes,
        {
          name: 'Router',
          type: `${PACKAGE}.orderRouter`,
          parameters: { options: { holdDelivery: true } },
        },
      ],
      connections: {
        ...deliver.connections,
        Start: { main: [[{ node: 'Router', type: 'main', index: 0 }]] },
        Router: { main: [[{ node: 'Node', type: 'main', index: 0 }]] },
      },
    };
  }
  const deliver = (items: INodeExecutionData[], parameters?: IDataObject): Promise<IRun> =>
    engine.run(spec(parameters), items, { credential });

  test('what the router assigned and held is sent, each lead once', async () => {
    await buyer('Sent', { crm_webhook_url: crm.url() });
    const run = await deliver([0, 1, 2].map((n) => lead(n, 'Sent')));
    expect(run.data.resultData.error?.message).toBeUndefined();
    expect(originsOf(run, 'Sent')).toEqual([0, 1, 2]);
    expect(jsonOf(outputsOf(run, 'Node')[0])).toMatchObject([
      { status: 'sent', attempts: 1, last_http_status: 200, input: { status: 'assigned' } },
      {},
      {},
    ]);
    expect(crm.requests).toHaveLength(3);
  });

  test('a CRM that fails leaves the delivery queued for its next attempt', async () => {
    await buyer('Failing', { crm_webhook_url: crm.url() });
    crm.behave(status(500));
    const run = await deliver([lead(0, 'Failing')], { waitSeconds: 5 });
    expect(originsOf(run, 'Queued')).toEqual([0]);
    expect(outputsOf(run, 'Node')[1]?.[0]?.json).toMatchObject({
      status: 'pending',
      last_http_status: 500,
    });
  });

  test('a CRM that is gone for good fails the delivery, and Retry sends it once it is back', async () => {
    await buyer('Gone', { crm_webhook_url: crm.url() });
    crm.behave(status(410));
    const run = await deliver([lead(0, 'Gone')], { waitSeconds: 5 });
    expect(originsOf(run, 'Failed')).toEqual([0]);
    const failed = outputsOf(run, 'Node')[2]?.[0]?.json ?? {};
    expect(failed).not.toHaveProperty('error');

    crm.behave({ kind: 'answer', status: 200 });
    const retried = await engine.run(
      branchSpec('crmDeliver', { operation: 'retry' }, BRANCHES),
      [{ json: { n: 7, delivery_id: failed.delivery_id } }],
      { credential },
    );
    expect(retried.data.resultData.error?.message).toBeUndefined();
    await service.service.deliverDue();
    const read = await engine.run(
      branchSpec('crmDeliver', { operation: 'getStatus' }, BRANCHES),
      [{ json: { n: 7, delivery_id: failed.delivery_id } }],
      { credential },
    );
    expect(originsOf(read, 'Sent')).toEqual([7]);
  });

  test('outside the contact hours a delivery is queued with the moment of its release', async () => {
    await buyer('Closed', {
      crm_webhook_url: crm.url(),
      contact_hours: 'custom',
      custom_hours: [{ days: [1, 2, 3, 4, 5, 6, 7], start: '00:00', end: '00:01' }],
    });
    const run = await deliver([lead(0, 'Closed')]);
    expect(originsOf(run, 'Queued')).toEqual([0]);
    expect(outputsOf(run, 'Node')[1]?.[0]?.json).toMatchObject({
      status: 'queued',
      release_at: expect.stringMatching(/T00:00:00/) as unknown,
    });
    expect(crm.requests).toHaveLength(0);
  });

  test('a broker without a webhook is Failed with no_channel', async () => {
    await buyer('Paper', {});
    const run = await deliver([lead(0, 'Paper')]);
    expect(originsOf(run, 'Failed')).toEqual([0]);
    expect(outputsOf(run, 'Node')[2]?.[0]?.json).toMatchObject({ reason_code: 'no_channel' });
  });

  test('an id that the service does not know fails its own item only', async () => {
    await buyer('Mixed', { crm_webhook_url: crm.url() });
    const routed = await engine.run(
      branchSpec('orderRouter', { options: { holdDelivery: true } }, []),
      [lead(0, 'Mixed')],
      { credential },
    );
    const [known] = jsonOf(outputsOf(routed, 'Node')[0]);
    const run = await engine.run(
      branchSpec('crmDeliver', {}, [...BRANCHES, 'Error'], { onError: 'continueErrorOutput' }),
      [
        { json: { n: 0, delivery_id: '0197a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b' } },
        { json: { n: 1, delivery_ids: known?.delivery_ids } },
      ],
      { credential },
    );
    expect(originsOf(run, 'Error')).toEqual([0]);
    expect(originsOf(run, 'Sent')).toEqual([1]);
  });
});
