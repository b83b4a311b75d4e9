import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { IDataObject, INodeExecutionData, IRun } from 'n8n-workflow';

import { makeBroker, makeOrder } from '../support/builders.js';
import { ADMIN_KEY, startTestService, type TestService } from '../support/service.js';
import { itemsOf, jsonOf } from './support/mock.js';
import {
  branchSpec,
  originsOf,
  outputsOf,
  startEngine,
  type Credential,
  type Engine,
} from './support/engine.js';

const BRANCHES = ['Assigned', 'Unassigned', 'Rejected', 'Duplicate'];

/** Lead `n` as a webhook brings it: what becomes of it goes by n modulo 4. */
function webhookItem(prefix: string, n: number): IDataObject {
  const kind = n % 4;
  return {
    n,
    headers: { host: 'n8n.example.com' },
    body: {
      contact_id: `${prefix}-${kind === 3 ? 0 : n}`,
      first_name: 'Alex',
      email: `${prefix}-${n}@example.com`,
      phone: '+1 202 555 0123',
      vertical: kind === 1 ? 'Unheard Of' : 'MCA',
      credit_score: kind === 2 ? '550' : '700',
      funding_amount: '$40,000',
    },
  };
}

/** Stands before the service; what `lose` says is done there, but its answer never arrives. */
async function lossyProxy(target: string, lose: (count: number) => boolean) {
  let count = 0;
  const server: Server = createServer((incoming, outgoing) => {
    count += 1;
    const lost = lose(count);
    const forwarded = httpRequest(
      `${target}${incoming.url ?? ''}`,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        answer.on('end', () => {
          if (lost) incoming.socket.destroy();
        });
        if (lost) answer.resume();
        else {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        }
      },
    );
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => count,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe('the packed nodes in the engine of n8n against the real service', () => {
  let service: TestService;
  let engine: Engine;
  let credential: Credential;

  beforeAll(async () => {
    service = await startTestService('sqlite');
    engine = await startEngine();
    credential = { baseUrl: `${service.address}/`, apiKey: ADMIN_KEY, ignoreSslIssues: false };
    const broker = await makeBroker(service);
    await makeOrder(service, { broker_id: broker.id, verticals: ['MCA'], total_leads: 10_000 });
  });
  afterAll(() => service.stop());

  const leads = (prefix: string, count: number): INodeExecutionData[] =>
    itemsOf(count, (n) => webhookItem(prefix, n));
  const expectSuccess = (run: IRun): void => {
    expect(run.data.resultData.error?.message).toBeUndefined();
    expect(run.status).toBe('success');
  };
  const stored = async (prefix: string): Promise<number> => {
    const page = await service.get<{ data: unknown[] }>(`/api/leads?q=${prefix}-&limit=200`);
    return page.body.data.length;
  };
  const leadLoop = async (
    parameters: IDataObject,
    items: INodeExecutionData[] = [{ json: {} }],
  ): Promise<IDataObject[]> => {
    const spec = branchSpec('leadLoop', parameters as never, []);
    const run = await engine.run(spec, items, { credential });
    expectSuccess(run);
    return jsonOf(outputsOf(run, 'Node')[0]);
  };

  describe('Order Router', () => {
    test('250 webhook items reach all four branches in order, each traceable to its origin', async () => {
      const run = await engine.run(branchSpec('orderRouter', {}, BRANCHES), leads('four', 250), {
        credential,
      });
      expectSuccess(run);
      BRANCHES.forEach((branch, kind) => {
        expect(originsOf(run, branch)).toEqual(
          Array.from({ length: 250 }, (_, n) => n).filter((n) => n % 4 === kind),
        );
      });
      const [assigned, unassigned, rejected, duplicate] = outputsOf(run, 'Node');
      expect(assigned?.[0]?.json).toMatchObject({
        status: 'assigned',
        delivery_ids: [],
        input: { n: 0 },
      });
      expect(unassigned?.[0]?.json).toMatchObject({ reason_code: 'vertical_mismatch' });
      expect(rejected?.[0]?.json).toMatchObject({ reason_code: 'credit_too_low' });
      expect(duplicate?.[0]?.json).toMatchObject({ lead_id: assigned?.[0]?.json.lead_id });
    });

    test('Retry On Fail after a lost answer gives the first answers again and no second lead', async () => {
      const proxy = await lossyProxy(service.address, (count) => count === 1);
      const spec = branchSpec('orderRouter', {}, BRANCHES, {
        retryOnFail: true,
        maxTries: 2,
        waitBetweenTries: 1,
      });
      const run = await engine.run(spec, leads('retry', 8), {
        credential: { ...credential, baseUrl: proxy.address },
      });
      await proxy.close();
      expectSuccess(run);
      expect(proxy.requests()).toBe(2);
      expect(outputsOf(run, 'Node').map(({ length }) => length)).toEqual([2, 2, 2, 2]);
      expect(await stored('retry')).toBe(6);
    });

    test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
      'Retry On Fail also works with On Error: %s',
      async (onError) => {
        const proxy = await lossyProxy(service.address, (count) => count === 1);
        const prefix = onError;
        const spec = branchSpec('orderRouter', {}, [...BRANCHES, 'Error'], {
          retryOnFail: true,
          maxTries: 2,
          waitBetweenTries: 1,
          onError,
        });
        const run = await engine.run(spec, leads(prefix, 4), {
          credential: { ...credential, baseUrl: proxy.address },
        });
        await proxy.close();
        expectSuccess(run);
        expect(originsOf(run, 'Assigned')).toEqual([0]);
        expect(originsOf(run, 'Duplicate')).toEqual([3]);
        expect(originsOf(run, 'Error')).toEqual([]);
      },
    );

    test('a base URL that points elsewhere is named, and neither the key nor the leads go there', async () => {
      const asked: string[] = [];
      const server = createServer((incoming, outgoing) => {
        asked.push(`${incoming.method} ${incoming.url}`);
        outgoing.writeHead(307, { location: `${service.address}${incoming.url}` }).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const run = await engine.run(branchSpec('orderRouter', {}, BRANCHES), leads('moved', 1), {
        credential: { ...credential, baseUrl },
      });
      await new Promise((resolve) => server.close(resolve));
      expect(run.data.resultData.error?.message).toBe(
        `Item 0: ${baseUrl} answered with status 307 and points to ${service.address}/api/leads/incoming/batch`,
      );
      expect(asked).toEqual(['POST /api/leads/incoming/batch']);
      expect(await stored('moved')).toBe(0);
    });

    test('a node that runs twice in one execution writes twice', async () => {
      const spec = branchSpec('orderRouter', {}, BRANCHES);
      const twice = {
        nodes: [...spec.nodes, { name: 'A', type: 'test.pass' }, { name: 'B', type: 'test.pass' }],
        connections: {
          ...spec.connections,
          Start: {
            main: [
              [
                { node: 'A', type: 'main' as const, index: 0 },
                { node: 'B', type: 'main' as const, index: 0 },
              ],
            ],
          },
          A: { main: [[{ node: 'Node', type: 'main' as const, index: 0 }]] },
          B: { main: [[{ node: 'Node', type: 'main' as const, index: 0 }]] },
        },
      };
      const parameters = twice.nodes[1]?.parameters ?? {};
      Object.assign(parameters, {
        ghlContactId: 'twice-0',
        vertical: 'MCA',
        fundingAmount: '1000',
      });
      const run = await engine.run(twice, [{ json: { n: 0 } }], { credential });
      expectSuccess(run);
      const runs = run.data.resultData.runData.Node ?? [];
      const branches = runs.map(({ data }) =>
        data?.main?.findIndex((items) => items?.length === 1),
      );
      // A replay of the first answer would say "assigned" again.
      expect(branches).toEqual([0, 3]);
    });

    test('an invalid lead takes the error output with its input, the others their branches', async () => {
      const spec = branchSpec('orderRouter', {}, [...BRANCHES, 'Error'], {
        onError: 'continueErrorOutput',
      });
      const items = leads('error', 4);
      (items[1]?.json.body as IDataObject).email = 'nobody';
      const run = await engine.run(spec, items, { credential });
      expectSuccess(run);
      expect(originsOf(run, 'Assigned')).toEqual([0]);
      expect(originsOf(run, 'Unassigned')).toEqual([]);
      expect(originsOf(run, 'Error')).toEqual([1]);
      expect(outputsOf(run, 'Node')[4]?.[0]?.json).toMatchObject({
        n: 1,
        error: expect.stringMatching(/^Item 1: .*email must be a valid/) as unknown,
        message: 'Correct the fields named here and run the node again.',
      });
    });

    test('without Continue the run ends in words that name the item', async () => {
      const items = leads('stop', 2);
      (items[1]?.json.body as IDataObject).credit_score = 'good';
      const run = await engine.run(branchSpec('orderRouter', {}, BRANCHES), items, { credential });
      expect(run.status).toBe('error');
      expect(run.data.resultData.error?.message).toMatch(/^Item 1: .*credit_score must be/);
    });

    test('a service that is not there is named with its address', async () => {
      const run = await engine.run(branchSpec('orderRouter', {}, BRANCHES), leads('gone', 1), {
        credential: { ...credential, baseUrl: 'http://127.0.0.1:1' },
      });
      expect(run.data.resultData.error?.message).toBe(
        'Item 0: LeadLoop at http://127.0.0.1:1 refused the connection',
      );
    });

    test('a key without the scope is named with the scope', async () => {
      const key = await service.post<{ token: string }>('/api/api-keys', {
        name: 'reader',
        scopes: ['read'],
      });
      const run = await engine.run(branchSpec('orderRouter', {}, BRANCHES), leads('scope', 1), {
        credential: { ...credential, apiKey: key.body.token },
      });
      expect(run.data.resultData.error?.message).toBe('Item 0: This key lacks the scope "intake"');
    });

    test('Simulate explains and stores nothing', async () => {
      const before = await stored('');
      const parameters = {
        operation: 'simulate',
        vertical: 'MCA',
        creditScore: '700',
        fundingAmount: '40000',
      };
      const run = await engine.run(
        branchSpec('orderRouter', parameters, BRANCHES),
        itemsOf(3, (n) => ({ n })),
        { credential },
      );
      expectSuccess(run);
      expect(originsOf(run, 'Assigned')).toEqual([0, 1, 2]);
      expect(outputsOf(run, 'Node')[0]?.[0]?.json).toMatchObject({
        status: 'assigned',
        considered: [{ eligible: true, selected: true }],
      });
      expect(await stored('')).toBe(before);
    });

    test('Re-Route decides again about waiting leads', async () => {
      const routed = await engine.run(
        branchSpec('orderRouter', {}, BRANCHES),
        [{ json: webhookItem('again', 1) }],
        { credential },
      );
      const leadId = outputsOf(routed, 'Node')[1]?.[0]?.json.lead_id;
      const run = await engine.run(
        branchSpec('orderRouter', { operation: 'reroute' }, BRANCHES),
        [{ json: { n: 5, lead_id: leadId } }],
        { credential },
      );
      expectSuccess(run);
      expect(originsOf(run, 'Unassigned')).toEqual([5]);
    });
  });

  describe('LeadLoop', () => {
    test('leads are routed, read, listed, changed and looked up', async () => {
      const items = [{ json: webhookItem('desk', 0) }, { json: webhookItem('desk', 1) }];
      const routed = await leadLoop({ resource: 'lead', operation: 'route' }, items);
      expect(routed.map(({ status }) => status)).toEqual(['assigned', 'unassigned']);

      const [read] = await leadLoop({ resource: 'lead', operation: 'get', simplify: false }, [
        { json: routed[0] ?? {} },
      ]);
      expect(read).toMatchObject({
        id: routed[0]?.lead_id,
        decisions: [{ status: 'assigned', trigger: 'intake' }],
      });
      const listed = await leadLoop({
        resource: 'lead',
        operation: 'getAll',
        returnAll: true,
        filters: { q: 'desk-' },
      });
      expect(listed.map(({ id }) => id)).toEqual([routed[1]?.lead_id, routed[0]?.lead_id]);

      const [updated] = await leadLoop(
        {
          resource: 'lead',
          operation: 'update',
          updateFields: { vertical: 'MCA', credit_score: '710' },
        },
        [{ json: { contact_id: 'desk-1' } }],
      );
      expect(updated).toMatchObject({
        updated_fields: ['credit_score', 'vertical'],
        assignment: { status: 'assigned' },
      });
      const found = await leadLoop({ resource: 'lead', operation: 'lookup' }, [
        { json: { phone: '(202) 555-0123' } },
        { json: { phone: '+1 202 555 0199' } },
      ]);
      expect(found.map(({ found: there }) => there)).toEqual([true, false]);
    });
  });
});
