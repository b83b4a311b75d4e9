import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { OrderRouter } from '../../nodes/OrderRouter/OrderRouter.node.js';
import {
  always,
  errorOf,
  itemsOf,
  jsonOf,
  networkError,
  runNode,
  type Transport,
} from './support/mock.js';

const router = new OrderRouter();

const assigned = (id: string): IDataObject => ({
  lead_id: id,
  assignment: {
    status: 'assigned',
    broker_id: 'broker-1',
    order_id: 'order-1',
    delivery_ids: ['delivery-1'],
    delivery_status: 'pending',
    score: 81.5,
  },
  broker: { id: 'broker-1', name: 'Example Funding', phone: null },
});
const unassigned = (id: string): IDataObject => ({
  lead_id: id,
  assignment: {
    status: 'unassigned',
    reason: 'no matching order for vertical',
    reason_code: 'vertical_mismatch',
  },
});
const rejected = (id: string): IDataObject => ({
  lead_id: id,
  status: 'rejected',
  reason: 'credit_too_low',
});
const duplicate = (id: string): IDataObject => ({
  lead_id: id,
  status: 'duplicate',
  message: 'lead already exists',
});
const kinds = [assigned, unassigned, rejected, duplicate];

/** Answers a batch: the kind of each result comes from the lead's number. */
const batch: Transport = ({ body }) => ({
  body: {
    results: (body?.leads as IDataObject[]).map((lead) => {
      const n = Number(String(lead.ghl_contact_id).slice(1));
      return kinds[n % 4]?.(`lead-${n}`);
    }),
  },
});

const contacts = (count: number): INodeExecutionData[] =>
  itemsOf(count, (n) => ({ ghl_contact_id: `c${n}`, credit_score: 700, n }));

describe('Route Lead', () => {
  test('sends the mapped lead to the batch call and drops what the item does not have', async () => {
    const { sent } = await runNode(router, {
      items: [
        {
          json: {
            headers: { host: 'example.com' },
            body: {
              contact_id: 'c0',
              first_name: 'Alex',
              email: 'alex@example.com',
              company_name: 'Example Bakery',
              state: '',
              customData: { vertical: 'MCA', credit_score: '700', funding_amount: '$40,000' },
            },
          },
        },
      ],
      transport: batch,
    });
    expect(sent).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: '/api/leads/incoming/batch',
        body: {
          leads: [
            {
              ghl_contact_id: 'c0',
              first_name: 'Alex',
              business_name: 'Example Bakery',
              email: 'alex@example.com',
              vertical: 'MCA',
              credit_score: '700',
              funding_amount: '$40,000',
            },
          ],
        },
      }),
    ]);
  });

  test('sends additional and custom fields, and named fields win over custom ones', async () => {
    const { sent } = await runNode(router, {
      parameters: {
        vertical: 'SBA',
        additionalFields: {
          ai_call_notes: 'asked for a quote',
          custom: '{"campaign":"spring","vertical":"ignored"}',
        },
      },
      items: contacts(1),
      transport: batch,
    });
    expect(sent[0]?.body?.leads).toEqual([
      {
        ghl_contact_id: 'c0',
        credit_score: 700,
        vertical: 'SBA',
        ai_call_notes: 'asked for a quote',
        campaign: 'spring',
      },
    ]);
  });

  test('puts each outcome on its branch with the same simple members on all of them', async () => {
    const { outputs } = await runNode(router, { items: contacts(4), transport: batch });
    expect(outputs.map((output) => jsonOf(output))).toEqual([
      [
        {
          lead_id: 'lead-0',
          status: 'assigned',
          reason_code: null,
          reason: null,
          broker_id: 'broker-1',
          broker_name: 'Example Funding',
          broker_phone: null,
          order_id: 'order-1',
          score: 81.5,
          delivery_ids: ['delivery-1'],
          delivery_status: 'pending',
          input: { ghl_contact_id: 'c0', credit_score: 700, n: 0 },
        },
      ],
      [
        expect.objectContaining({
          lead_id: 'lead-1',
          status: 'unassigned',
          reason_code: 'vertical_mismatch',
          reason: 'no matching order for vertical',
          delivery_ids: [],
        }),
      ],
      [
        expect.objectContaining({
          lead_id: 'lead-2',
          status: 'rejected',
          reason_code: 'credit_too_low',
        }),
      ],
      [
        expect.objectContaining({
          lead_id: 'lead-3',
          status: 'duplicate',
          reason_code: 'duplicate',
          reason: 'lead already exists',
        }),
      ],
    ]);
  });

  test('gives the answer as it came, plus its status, when Simplify is off', async () => {
    const { outputs } = await runNode(router, {
      parameters: { simplify: false, options: { includeInput: false } },
      items: contacts(2),
      transport: batch,
    });
    expect(jsonOf(outputs[0])).toEqual([{ ...assigned('lead-0'), status: 'assigned' }]);
    expect(jsonOf(outputs[1])).toEqual([{ ...unassigned('lead-1'), status: 'unassigned' }]);
  });

  test('sends 250 items in three requests and keeps order and pairing on every branch', async () => {
    const { outputs, sent } = await runNode(router, { items: contacts(250), transport: batch });
    expect(sent.map(({ body }) => (body?.leads as unknown[]).length)).toEqual([100, 100, 50]);
    expect(sent.map(({ key }) => key)).toEqual([
      'n8n:42:node-1:0:0',
      'n8n:42:node-1:0:100',
      'n8n:42:node-1:0:200',
    ]);
    outputs.forEach((output, branch) => {
      const expected = Array.from({ length: 250 }, (_, n) => n).filter((n) => n % 4 === branch);
      expect(output.map(({ pairedItem }) => pairedItem)).toEqual(
        expected.map((item) => ({ item })),
      );
      expect(jsonOf(output).map(({ lead_id: id }) => id)).toEqual(expected.map((n) => `lead-${n}`));
    });
  });

  test('a business result never carries a key named error', async () => {
    for (const simplify of [true, false]) {
      const { outputs } = await runNode(router, {
        parameters: { simplify },
        items: contacts(4),
        transport: batch,
      });
      for (const json of outputs.flatMap((output) => jsonOf(output))) {
        expect(json).not.toHaveProperty('error');
      }
    }
  });

  test('Hold Delivery asks the service to keep the delivery', async () => {
    const { sent } = await runNode(router, {
      parameters: { options: { holdDelivery: true } },
      items: contacts(1),
      transport: batch,
    });
    expect(sent[0]?.query).toEqual({ delivery: 'hold' });
  });

  test('Hold Delivery by expression sends held and other leads apart, each under its own key', async () => {
    const { sent, outputs } = await runNode(router, {
      parameters: { options: { holdDelivery: '={{ $json.n % 2 === 1 }}' } },
      items: contacts(8),
      transport: batch,
    });
    expect(sent.map(({ query, key }) => [query, key])).toEqual([
      [undefined, 'n8n:42:node-1:0:0'],
      [{ delivery: 'hold' }, 'n8n:42:node-1:0:1'],
    ]);
    expect(outputs.map((output) => output.map(({ pairedItem }) => pairedItem))).toEqual(
      [0, 1, 2, 3].map((n) => [{ item: n }, { item: n + 4 }]),
    );
  });

  test('runs of one execution have keys of their own, a repeated run has the same', async () => {
    const keyOf = async (executionId: string, runIndex: number): Promise<unknown> => {
      const options = { items: contacts(1), transport: batch, executionId, runIndex };
      return (await runNode(router, options)).sent[0]?.key;
    };
    const first = await keyOf('7', 0);
    expect(await keyOf('7', 0)).toBe(first);
    expect(await keyOf('7', 1)).not.toBe(first);
    expect(await keyOf('8', 0)).not.toBe(first);
  });

  test('sends nothing when there are no items', async () => {
    const { sent, outputs } = await runNode(router, { items: [], transport: batch });
    expect(sent).toEqual([]);
    expect(outputs).toEqual([[], [], [], []]);
  });
});

describe('Route Lead when something fails', () => {
  const invalidSecond: Transport = () => ({
    body: {
      results: [
        assigned('lead-0'),
        {
          error: 'invalid_payload',
          message: 'The lead is not valid.',
          details: { email: 'must be a valid e-mail address' },
        },
        rejected('lead-2'),
      ],
    },
  });

  test('ends with the item, what happened and what to do', async () => {
    const error = await errorOf(router, { items: contacts(3), transport: invalidSecond });
    expect(error.message).toBe(
      'Item 1: The lead is not valid: email must be a valid e-mail address',
    );
    expect(error.description).toBe('Correct the fields named here and run the node again.');
    expect(error.context?.itemIndex).toBe(1);
  });

  test('with Continue, the item goes to Unassigned and the others take their branches', async () => {
    const { outputs } = await runNode(router, {
      items: contacts(3),
      transport: invalidSecond,
      continueOnFail: true,
    });
    expect(outputs[0]?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }]);
    expect(outputs[1]).toEqual([
      {
        json: {
          error: 'Item 1: The lead is not valid: email must be a valid e-mail address',
          message: 'Correct the fields named here and run the node again.',
          details: {
            code: 'invalid_payload',
            status: 400,
            email: 'must be a valid e-mail address',
          },
        },
        pairedItem: { item: 1 },
      },
    ]);
    expect(outputs[2]?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 2 }]);
  });

  test('an item without a contact ID stops the node before anything is sent', async () => {
    const items = [{ json: { ghl_contact_id: 'c0' } }, { json: { name: 'Alex' } }];
    const error = await errorOf(router, { items, transport: batch });
    expect(error.message).toBe('Item 1: "Contact ID" is empty');
    expect(error.context?.itemIndex).toBe(1);
    let calls = 0;
    const counting: Transport = (sent, index) => {
      calls += 1;
      return batch(sent, index);
    };
    await errorOf(router, { items, transport: counting });
    expect(calls).toBe(0);
  });

  test('with Continue, an item that cannot be sent does not keep the others back', async () => {
    const { outputs, sent } = await runNode(router, {
      items: [{ json: { name: 'Alex' } }, { json: { ghl_contact_id: 'c4' } }],
      transport: batch,
      continueOnFail: true,
    });
    expect(sent[0]?.body?.leads).toEqual([{ ghl_contact_id: 'c4' }]);
    expect(outputs[0]?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }]);
    expect(outputs[1]?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }]);
  });

  test('with Continue, a lost chunk fails its own items only', async () => {
    const { outputs } = await runNode(router, {
      items: contacts(250),
      transport: (sent, index) => (index === 1 ? networkError('ECONNRESET') : batch(sent, index)),
      continueOnFail: true,
    });
    const failed = (outputs[1] ?? []).filter(({ json }) => 'error' in json);
    expect(failed.map(({ pairedItem }) => pairedItem)).toEqual(
      Array.from({ length: 100 }, (_, n) => ({ item: n + 100 })),
    );
    expect(outputs.flat()).toHaveLength(250);
  });

  test('with Continue and Retry On Fail, a lost chunk is sent again under the same key', async () => {
    const { outputs, sent } = await runNode(router, {
      items: contacts(4),
      transport: (request, index) =>
        index < 2 ? networkError('ECONNREFUSED') : batch(request, index),
      continueOnFail: true,
      node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
    });
    expect(sent.map(({ key }) => key)).toEqual(Array(3).fill('n8n:42:node-1:0:0'));
    expect(outputs.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
  });

  test('with Retry On Fail, what would fail again is not sent again', async () => {
    const { sent } = await runNode(router, {
      items: contacts(1),
      transport: always({ error: 'unauthorized', message: 'Send a valid API key.' }, 401),
      continueOnFail: true,
      node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
    });
    expect(sent).toHaveLength(1);
  });

  test('with Continue, an expression that goes wrong fails its own item', async () => {
    const { outputs } = await runNode(router, {
      parameters: { vertical: '={{ $json.nested.vertical }}' },
      items: [
        { json: { ghl_contact_id: 'c0', nested: { vertical: 'MCA' } } },
        { json: { ghl_contact_id: 'c4' } },
      ],
      transport: batch,
      continueOnFail: true,
    });
    expect(outputs[0]?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }]);
    expect(jsonOf(outputs[1])[0]?.error).toMatch(/^Item 1: Cannot read properties/);
  });

  test('an outcome that this version does not know is a failure, not a wrong branch', async () => {
    const error = await errorOf(router, {
      items: contacts(1),
      transport: always({ results: [{ lead_id: 'x', status: 'parked' }] }),
    });
    expect(error.message).toBe('Item 0: LeadLoop answered without a known routing status (parked)');
  });

  test('too few results fail the items that got none', async () => {
    const { outputs } = await runNode(router, {
      items: contacts(2),
      transport: always({ results: [assigned('lead-0')] }),
      continueOnFail: true,
    });
    expect(outputs[0]).toHaveLength(1);
    expect(jsonOf(outputs[1])[0]?.error).toMatch(/^Item 1: LeadLoop answered without a result/);
  });
});

describe('the other operations of Order Router', () => {
  test('Re-Route posts for each lead and branches on the new decision', async () => {
    const { outputs, sent } = await runNode(router, {
      parameters: { operation: 'reroute' },
      items: [{ json: { lead_id: 'l 1' } }, { json: { id: 'l2' } }],
      transport: (_sent, index) => ({ body: index === 0 ? assigned('l 1') : unassigned('l2') }),
    });
    expect(sent.map(({ method, path, key }) => [method, path, key])).toEqual([
      ['POST', '/api/leads/l%201/reroute', 'n8n:42:node-1:0:0'],
      ['POST', '/api/leads/l2/reroute', 'n8n:42:node-1:0:1'],
    ]);
    expect(outputs.map((output) => output.map(({ pairedItem }) => pairedItem))).toEqual([
      [{ item: 0 }],
      [{ item: 1 }],
      [],
      [],
    ]);
  });

  test('Distribute sends the routing fields of a response lead', async () => {
    const { outputs, sent } = await runNode(router, {
      parameters: {
        operation: 'distribute',
        vertical: 'MCA',
        fundingAmount: '40000',
        additionalFields: { state: 'TX', custom: '{"campaign":"spring"}' },
      },
      items: [{ json: { lead_id: 'l1', credit_score: 700 } }],
      transport: always(rejected('l9')),
    });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/api/leads/l1/distribute',
      body: {
        vertical: 'MCA',
        credit_score: 700,
        funding_amount: '40000',
        state: 'TX',
        campaign: 'spring',
      },
      key: 'n8n:42:node-1:0:0',
    });
    expect(jsonOf(outputs[2])[0]).toMatchObject({ lead_id: 'l9', status: 'rejected' });
  });

  const simulation = {
    preflight: { passed: true, reason: null },
    decision: { status: 'assigned', order_id: 'order-1', reason_code: null },
    considered: [
      {
        order_id: 'order-1',
        eligible: true,
        reason: null,
        score: { total: 81.5 },
        selected: true,
        to_win: null,
      },
      {
        order_id: 'order-2',
        eligible: false,
        reason: 'vertical_mismatch',
        score: { total: 0 },
        selected: false,
        to_win: { single_change: { field: 'verticals', to: ['MCA'] } },
      },
    ],
  };

  test('Simulate writes nothing, so it has no key, and explains every order in short', async () => {
    const { outputs, sent } = await runNode(router, {
      parameters: {
        operation: 'simulate',
        vertical: 'MCA',
        options: { at: '2026-03-01T09:00:00Z', orders: '[{"id":"a"}]', includeInput: false },
      },
      transport: always(simulation),
    });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/api/routing/simulate',
      body: { lead: { vertical: 'MCA' }, at: '2026-03-01T09:00:00Z', orders: [{ id: 'a' }] },
      key: undefined,
    });
    expect(jsonOf(outputs[0])).toEqual([
      {
        status: 'assigned',
        order_id: 'order-1',
        reason_code: null,
        score: 81.5,
        considered: [
          {
            order_id: 'order-1',
            eligible: true,
            reason_code: null,
            score: 81.5,
            selected: true,
            single_change: null,
          },
          {
            order_id: 'order-2',
            eligible: false,
            reason_code: 'vertical_mismatch',
            score: 0,
            selected: false,
            single_change: { field: 'verticals', to: ['MCA'] },
          },
        ],
      },
    ]);
  });

  test('Simulate takes branches as the real routing would', async () => {
    const statuses = ['assigned', 'unassigned', 'rejected'];
    const { outputs } = await runNode(router, {
      parameters: { operation: 'simulate' },
      items: itemsOf(6, (n) => ({ n })),
      transport: (_sent, index) => ({
        body: { ...simulation, decision: { status: statuses[index % 3] } },
      }),
    });
    expect(outputs.map((output) => output.map(({ pairedItem }) => pairedItem))).toEqual([
      [{ item: 0 }, { item: 3 }],
      [{ item: 1 }, { item: 4 }],
      [{ item: 2 }, { item: 5 }],
      [],
    ]);
  });

  test('Simulate names a field that is not JSON', async () => {
    const error = await errorOf(router, {
      parameters: { operation: 'simulate', options: { orders: '[oops' } },
      transport: always(simulation),
    });
    expect(error.message).toBe('Item 0: "Orders" is not a JSON array');
  });
});
