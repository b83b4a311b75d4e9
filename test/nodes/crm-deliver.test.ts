import type { IDataObject } from 'n8n-workflow';

import { CrmDeliver } from '../../nodes/CrmDeliver/CrmDeliver.node.js';
import { errorOf, itemsOf, jsonOf, runNode, type Transport } from './support/mock.js';

const deliver = new CrmDeliver();

const STATUSES = ['sent', 'pending', 'queued', 'held', 'failed', 'cancelled'];
const BRANCH_OF = [0, 1, 1, 1, 2, 2];

const delivery = (id: string, status: string): IDataObject => ({
  id,
  lead_id: 'lead-1',
  broker_id: 'broker-1',
  order_id: 'order-1',
  channel: 'crm_webhook',
  status,
  reason_code: status === 'failed' ? 'http_error' : null,
  release_at: null,
  next_attempt_at: null,
  attempts: [
    { at: '2026-03-01T09:00:00Z', duration_ms: 30, http_status: 500, outcome: 'http_error' },
    { at: '2026-03-01T09:05:00Z', duration_ms: 40, http_status: 200, outcome: 'success' },
  ],
  sent_at: status === 'sent' ? '2026-03-01T09:05:00Z' : null,
});

/** Answers for deliveries named d<n>: their status goes by n. */
const byNumber = (id: string): IDataObject =>
  delivery(id, STATUSES[Number(id.slice(1)) % STATUSES.length] ?? 'sent');
const dispatch: Transport = ({ body }) => ({
  body: { data: (body?.ids as string[]).map(byNumber) },
});
const byPath: Transport = ({ path }) => ({
  body: byNumber(/deliveries\/(d\d+)/.exec(path)?.[1] ?? ''),
});

const routed = (count: number) => itemsOf(count, (n) => ({ delivery_ids: [`d${n}`], n }));

describe('Deliver', () => {
  test('hands over with the wait in the service, and gives it the time to answer', async () => {
    const { sent } = await runNode(deliver, {
      parameters: { waitSeconds: 12 },
      items: routed(2),
      transport: dispatch,
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/api/deliveries/dispatch',
      body: { ids: ['d0', 'd1'], wait_ms: 12_000 },
      key: 'n8n:42:node-1:0:0',
    });
    expect(sent[0]?.options.timeout).toBeGreaterThan(12_000);
  });

  test('never asks the service to wait longer than it may', async () => {
    const waits = [-1, 0, 31, 3600].map(async (waitSeconds) => {
      const options = { parameters: { waitSeconds }, items: routed(1), transport: dispatch };
      return (await runNode(deliver, options)).sent[0]?.body?.wait_ms;
    });
    expect(await Promise.all(waits)).toEqual([0, 0, 30_000, 30_000]);
  });

  test('puts each status on its branch, in order and paired', async () => {
    const { outputs } = await runNode(deliver, { items: routed(12), transport: dispatch });
    outputs.forEach((output, branch) => {
      const expected = Array.from({ length: 12 }, (_, n) => n).filter(
        (n) => BRANCH_OF[n % 6] === branch,
      );
      expect(output.map(({ pairedItem }) => pairedItem)).toEqual(
        expected.map((item) => ({ item })),
      );
      expect(jsonOf(output).map(({ status }) => status)).toEqual(
        expected.map((n) => STATUSES[n % 6]),
      );
    });
  });

  test('simplifies attempts to their number and the last result, and keeps the input', async () => {
    const { outputs } = await runNode(deliver, { items: routed(1), transport: dispatch });
    expect(jsonOf(outputs[0])).toEqual([
      {
        delivery_id: 'd0',
        lead_id: 'lead-1',
        broker_id: 'broker-1',
        order_id: 'order-1',
        status: 'sent',
        reason_code: null,
        release_at: null,
        next_attempt_at: null,
        sent_at: '2026-03-01T09:05:00Z',
        attempts: 2,
        last_http_status: 200,
        last_outcome: 'success',
        input: { delivery_ids: ['d0'], n: 0 },
      },
    ]);
  });

  test('gives the delivery as it came when Simplify is off', async () => {
    const { outputs } = await runNode(deliver, {
      parameters: { simplify: false, options: { includeInput: false } },
      items: routed(1),
      transport: dispatch,
    });
    expect(jsonOf(outputs[0])).toEqual([{ ...byNumber('d0'), delivery_id: 'd0' }]);
  });

  test('an assignment whose broker has no webhook is Failed with no_channel, and nothing is sent', async () => {
    const { outputs, sent } = await runNode(deliver, {
      items: [{ json: { delivery_ids: [] } }, { json: { assignment: { delivery_ids: [] } } }],
      transport: dispatch,
    });
    expect(sent).toEqual([]);
    expect(jsonOf(outputs[2])).toEqual([
      expect.objectContaining({ status: 'failed', reason_code: 'no_channel', delivery_id: null }),
      expect.objectContaining({ reason_code: 'no_channel' }),
    ]);
    expect(outputs[2]?.[0]?.json).not.toHaveProperty('error');
  });

  test('sends 250 deliveries in three requests, and one named twice once', async () => {
    const { outputs, sent } = await runNode(deliver, { items: routed(250), transport: dispatch });
    expect(sent.map(({ body }) => (body?.ids as unknown[]).length)).toEqual([100, 100, 50]);
    expect(outputs.flat()).toHaveLength(250);

    const twice = await runNode(deliver, {
      items: [{ json: { delivery_id: 'd0' } }, { json: { delivery_ids: 'd0, d1' } }],
      transport: dispatch,
    });
    expect(twice.sent[0]?.body?.ids).toEqual(['d0', 'd1']);
    expect(twice.outputs[0]?.map(({ pairedItem }) => pairedItem)).toEqual([
      { item: 0 },
      { item: 1 },
    ]);
    expect(twice.outputs[1]?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }]);
  });

  test('never puts more than 100 ids in a request, however many an item names', async () => {
    const ids = Array.from({ length: 150 }, (_, n) => `d${n}`);
    const { sent } = await runNode(deliver, {
      items: [{ json: { delivery_ids: ids } }],
      transport: dispatch,
    });
    expect(sent.map(({ body }) => (body?.ids as unknown[]).length)).toEqual([100, 50]);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(2);
  });

  test('an item that names no delivery is a failure that says what to map', async () => {
    const error = await errorOf(deliver, {
      items: [{ json: { delivery_ids: ['d0'] } }, { json: {} }],
      transport: dispatch,
    });
    expect(error.message).toBe('Item 1: The item names no delivery');
    expect(error.description).toMatch(/Delivery IDs/);
  });

  test('a delivery that the service does not know fails its own item', async () => {
    const { outputs } = await runNode(deliver, {
      items: routed(2),
      transport: () => ({
        body: {
          data: [byNumber('d0'), { error: 'not_found', message: 'No delivery has the id d1.' }],
        },
      }),
      continueOnFail: true,
    });
    expect(outputs[0]).toHaveLength(1);
    expect(jsonOf(outputs[2])[0]?.error).toBe('Item 1: No delivery has the id d1');
  });
});

describe('Get Status', () => {
  test('reads each delivery without a key', async () => {
    const { outputs, sent } = await runNode(deliver, {
      parameters: { operation: 'getStatus' },
      items: routed(6),
      transport: byPath,
    });
    expect(sent.map(({ method, path, key }) => [method, path, key])).toEqual(
      Array.from({ length: 6 }, (_, n) => ['GET', `/api/deliveries/d${n}`, undefined]),
    );
    expect(outputs.map((output) => output.map(({ pairedItem }) => pairedItem))).toEqual([
      [{ item: 0 }],
      [{ item: 1 }, { item: 2 }, { item: 3 }],
      [{ item: 4 }, { item: 5 }],
    ]);
  });
});

describe('Retry', () => {
  test('posts for each delivery under a key of its own', async () => {
    const { outputs, sent } = await runNode(deliver, {
      parameters: { operation: 'retry' },
      items: [{ json: { delivery_ids: ['d0', 'd1'] } }],
      transport: byPath,
    });
    expect(sent.map(({ method, path, key }) => [method, path, key])).toEqual([
      ['POST', '/api/deliveries/d0/retry', 'n8n:42:node-1:0:0:d0'],
      ['POST', '/api/deliveries/d1/retry', 'n8n:42:node-1:0:0:d1'],
    ]);
    expect(outputs.map(({ length }) => length)).toEqual([1, 1, 0]);
  });
});
