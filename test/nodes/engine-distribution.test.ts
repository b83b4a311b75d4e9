import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { startFakeCrm, type FakeCrm } from '../fakes/crm.js';
import {
  execute,
  makeBroker,
  makeKey,
  makeOrder,
  readLead,
  readOrder,
} from '../support/builders.js';
import { startTestService, type TestService } from '../support/service.js';
import { itemsOf, jsonOf } from './support/mock.js';
import { items, openWorkbench, rlc, type Workbench } from './support/workbench.js';

const UNKNOWN = '0197a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b';

/** Brokers, orders and distribution leads as a workflow keeps and moves them. */
describe('distribution through the engine of n8n against the real service', () => {
  let service: TestService;
  let bench: Workbench;
  let crm: FakeCrm;

  beforeAll(async () => {
    service = await startTestService('sqlite', { env: { EGRESS_ALLOW_CIDRS: '127.0.0.0/8' } });
    service.service.start();
    bench = await openWorkbench(service);
    crm = await startFakeCrm();
  });
  afterAll(async () => {
    await service.stop();
    await crm.close();
  });

  const lead = (contact: string, vertical: string, more: IDataObject = {}): INodeExecutionData => ({
    json: {
      contact_id: contact,
      first_name: 'Alex',
      email: `${contact}@example.com`,
      phone: '+12025550123',
      vertical,
      credit_score: 700,
      funding_amount: 40_000,
      ...more,
    },
  });
  const read = async (path: string): Promise<IDataObject> =>
    (await service.get<IDataObject>(`/api${path}`)).body;

  describe('Broker', () => {
    test('is made, read, listed, changed, paused and resumed as the service then has it', async () => {
      const [made] = await bench.leadLoop('broker', 'create', {
        name: 'Example Lending',
        additionalFields: {
          company: 'Example Lending LLC',
          email: 'desk@example.com',
          phone: '+12025550155',
          crm_webhook_url: 'https://crm.example.com/leads',
          contact_hours: 'custom',
          custom_hours: '[{"days":[1,2],"start":"09:00","end":"12:00"}]',
          timezone: 'America/Chicago',
        },
      });
      const id = String(made?.id);
      const brokerId = rlc(id);
      expect(made).toEqual({
        id,
        name: 'Example Lending',
        company: 'Example Lending LLC',
        email: 'desk@example.com',
        phone: '+12025550155',
        assignment_status: 'active',
        crm_webhook_url: 'https://crm.example.com/leads',
        contact_hours: 'custom',
        timezone: 'America/Chicago',
        version: 1,
        webhook_secret: expect.stringMatching(/^whsec_/) as unknown,
      });
      const [whole] = await bench.leadLoop('broker', 'get', { brokerId, simplify: false });
      expect(whole).toEqual(await read(`/brokers/${id}`));
      expect(whole).toMatchObject({ custom_hours: [{ days: [1, 2] }] });

      const [changed] = await bench.leadLoop('broker', 'update', {
        brokerId,
        updateFields: { name: 'Example Capital', crm_webhook_url: '', contact_hours: 'anytime' },
      });
      expect(changed).toMatchObject({
        name: 'Example Capital',
        company: 'Example Lending LLC',
        crm_webhook_url: null,
        contact_hours: 'anytime',
        version: 2,
      });
      await bench.leadLoop('broker', 'pause', { brokerId });
      expect(await read(`/brokers/${id}`)).toMatchObject({ assignment_status: 'paused' });
      const paused = { filters: { assignment_status: 'paused' } };
      expect(await bench.leadLoop('broker', 'getAll', paused)).toMatchObject([{ id }]);
      const [resumed] = await bench.leadLoop('broker', 'resume', { brokerId });
      expect(resumed).toMatchObject({ assignment_status: 'active' });
      expect(await bench.leadLoop('broker', 'getAll', paused)).toEqual([]);
    });

    test('a field that is not valid is named, a broker that is not there, a version that is old', async () => {
      expect(
        (
          await bench.refusal('broker', 'create', {
            name: 'X',
            additionalFields: { timezone: 'Mars/Base', email: 'nobody' },
          })
        ).message,
      ).toMatch(/^Item 0: .*email must be .*timezone/);
      expect(await bench.refusal('broker', 'pause', { brokerId: rlc(UNKNOWN) })).toMatchObject({
        message: expect.stringMatching(/^Item 0: .*broker/) as unknown,
        httpCode: '404',
      });
      const { id } = await makeBroker(service);
      const stale = { brokerId: rlc(id), updateFields: { company: 'X', version: 9 } };
      expect(await bench.refusal('broker', 'update', stale)).toMatchObject({
        message: expect.stringMatching(/^Item 0: Somebody changed this/) as unknown,
        httpCode: '409',
      });
      expect(await read(`/brokers/${id}`)).toMatchObject({ company: null, version: 1 });
    });
  });

  describe('Order', () => {
    test('is made, read, listed, changed, paused and resumed as the service then has it', async () => {
      const broker = await makeBroker(service);
      const [made] = await bench.leadLoop('order', 'create', {
        brokerId: rlc(broker.id),
        name: 'Equipment, monthly',
        verticals: 'Equipment, Trucks',
        total_leads: 5,
        additionalFields: {
          bonus_mode: true,
          credit_score_min: '650',
          loan_min: '$10,000',
          loan_max: '250000',
          order_type: 'monthly',
          priority: 'high',
          status: 'paused',
        },
      });
      const id = String(made?.id);
      const orderId = rlc(id);
      expect(made).toEqual({
        id,
        broker_id: broker.id,
        name: 'Equipment, monthly',
        status: 'paused',
        order_type: 'monthly',
        verticals: ['Equipment', 'Trucks'],
        credit_score_min: 650,
        loan_min: 10_000,
        loan_max: 250_000,
        total_leads: 5,
        leads_delivered: 0,
        leads_remaining: 5,
        priority: 'high',
        version: 1,
      });
      const [whole] = await bench.leadLoop('order', 'get', { orderId, simplify: false });
      expect(whole).toEqual(await read(`/orders/${id}`));
      expect(whole).toMatchObject({ bonus_mode: true });

      const [changed] = await bench.leadLoop('order', 'update', {
        orderId,
        updateFields: { verticals: 'All', loan_max: '', total_leads: 7, bonus_mode: false },
      });
      expect(changed).toMatchObject({ verticals: ['All'], loan_max: null, leads_remaining: 7 });
      const [resumed] = await bench.leadLoop('order', 'resume', { orderId });
      expect(resumed).toMatchObject({ status: 'active' });
      await bench.leadLoop('order', 'pause', { orderId });
      expect(await readOrder(service, id)).toMatchObject({ status: 'paused', total_leads: 7 });
      const listed = await bench.leadLoop('order', 'getAll', {
        filters: { broker_id: broker.id, status: 'paused' },
      });
      expect(listed).toMatchObject([{ id }]);
    });

    test('a rule over two fields names its field; a stale version changes nothing', async () => {
      const order = await makeOrder(service, { verticals: ['Nobody'] });
      const bounds = {
        orderId: rlc(order.id),
        updateFields: { loan_min: '500', loan_max: '100' },
      };
      expect((await bench.refusal('order', 'update', bounds)).message).toMatch(
        /^Item 0: .*loan_min must not be above loan_max/,
      );
      const stale = { orderId: rlc(order.id), updateFields: { total_leads: 99, version: 7 } };
      expect(await bench.refusal('order', 'update', stale)).toMatchObject({ httpCode: '409' });
      expect(await readOrder(service, order.id)).toMatchObject({ total_leads: 10, version: 1 });
    });

    test('Continue On Fail turns the one that is missing into an item, between the others', async () => {
      const order = await makeOrder(service, { verticals: ['Nobody'] });
      const { run, outputs } = await bench.run(
        'leadLoop',
        { resource: 'order', operation: 'get', orderId: rlc('={{ $json.order_id }}') },
        items({ order_id: order.id }, { order_id: UNKNOWN }, { order_id: order.id }),
        { onError: 'continueRegularOutput' },
      );
      expect(run.status).toBe('success');
      expect(jsonOf(outputs[0])).toMatchObject([
        { id: order.id },
        {
          error: expect.stringMatching(/^Item 1: .*order/) as unknown,
          details: { code: 'not_found', status: 404 },
        },
        { id: order.id },
      ]);
      expect(outputs[0]?.map(({ pairedItem }) => pairedItem)).toEqual([
        { item: 0 },
        { item: 1 },
        { item: 2 },
      ]);
    });
  });

  describe('Lead', () => {
    test('is routed, handed to the CRM, read, changed and looked up by the one-output node', async () => {
      const broker = await makeBroker(service, {
        name: 'Delivered Funding',
        phone: '+12025550166',
        crm_webhook_url: crm.url(),
      });
      await makeOrder(service, { broker_id: broker.id, verticals: ['Delivered'] });
      const [routed] = await bench.leadLoop(
        'lead',
        'route',
        { options: { holdDelivery: true }, additionalFields: { custom: '{"campaign": "spring"}' } },
        [lead('deliver-1', 'Delivered')],
      );
      expect(routed).toMatchObject({
        status: 'assigned',
        broker_id: broker.id,
        broker_name: 'Delivered Funding',
        broker_phone: '+12025550166',
        delivery_status: 'held',
      });
      expect(crm.requests).toHaveLength(0);
      const [delivered] = await bench.leadLoop('lead', 'deliver', {}, items(routed ?? {}));
      expect(delivered).toMatchObject({ status: 'sent', last_http_status: 200, attempts: 1 });
      expect(crm.requests).toHaveLength(1);

      const [updated] = await bench.leadLoop(
        'lead',
        'update',
        { updateFields: { email: '', ai_call_notes: 'Wants it soon' } },
        [lead('deliver-1', 'Delivered')],
      );
      expect(updated).toEqual({
        lead_id: routed?.lead_id,
        updated_fields: ['ai_call_notes', 'email'],
      });
      const leadId = String(routed?.lead_id);
      const [found] = await bench.leadLoop('lead', 'get', {}, items({ lead_id: leadId }));
      expect(found).toMatchObject({ id: leadId, status: 'assigned', email: null });
      expect(found).not.toHaveProperty('decisions');
      const [whole] = await bench.leadLoop(
        'lead',
        'get',
        { simplify: false },
        items({ lead_id: leadId }),
      );
      expect(whole).toEqual(await read(`/leads/${leadId}`));
      expect(whole).toMatchObject({ ai_call_notes: 'Wants it soon' });

      const looked = await bench.leadLoop(
        'lead',
        'lookup',
        {},
        items({ phone: '(202) 555-0123' }, { phone: '+12025550199' }),
      );
      expect(looked).toMatchObject([
        { found: true, lead_id: leadId, assigned: true, broker: { id: broker.id } },
        { found: false, lead_id: null, broker: null, reason_code: 'not_found' },
      ]);
      const [response] = await bench.leadLoop(
        'lead',
        'lookup',
        { kind: 'response' },
        items({ phone: '+12025550123' }),
      );
      expect(response).toMatchObject({ found: false });
    });

    test('an update of an unknown contact, and of a field with a wrong value, say so', async () => {
      const updateFields = { updateFields: { credit_score: 'good' } };
      const unknown = { ...updateFields, updateFields: { credit_score: '700' } };
      expect(
        await bench.refusal('lead', 'update', unknown, [lead('nobody', 'Nothing')]),
      ).toMatchObject({ httpCode: '404' });
      expect(
        (await bench.refusal('lead', 'update', updateFields, [lead('nobody', 'Nothing')])).message,
      ).toMatch(/^Item 0: .*credit_score must be/);
    });

    test('Get Many reads on past a page, in order, up to its limit', async () => {
      await bench.leadLoop(
        'lead',
        'route',
        {},
        itemsOf(230, (n) => lead(`many-${n}`, 'Unbought').json),
      );
      const filters = { vertical: 'Unbought', kind: 'distribution', status: 'unassigned' };
      const all = await bench.leadLoop('lead', 'getAll', { returnAll: true, filters });
      expect(all).toHaveLength(230);
      expect(new Set(all.map(({ id }) => id)).size).toBe(230);
      const most = await bench.leadLoop('lead', 'getAll', { limit: 210, filters });
      expect(most.map(({ id }) => id)).toEqual(all.slice(0, 210).map(({ id }) => id));
      const [whole] = await bench.leadLoop('lead', 'getAll', {
        limit: 1,
        filters: { q: 'many-7@' },
        simplify: false,
      });
      expect(whole).toMatchObject({ ghl_contact_id: 'many-7' });
      expect(whole).toHaveProperty('updated_at');
    });

    test('a filter that the service cannot read is named', async () => {
      const refused = await bench.refusal('lead', 'getAll', { filters: { since: 'yesterday' } });
      expect(refused.message).toMatch(/^Item 0: .*since must be/);
    });
  });

  describe('Order Router', () => {
    /** An enquiry of lead response. */
    const enquiry = async (phone: string): Promise<string> => {
      const [captured] = await bench.leadLoop(
        'lead',
        'captureForm',
        {},
        items({ name: 'Eve Example', phone, email: `eve${phone.slice(-2)}@example.com` }),
      );
      return String(captured?.lead_id);
    };

    test('Distribute makes a linked lead of an enquiry and takes the branch of its outcome', async () => {
      const order = await makeOrder(service, { verticals: ['Linked'] });
      const leadId = await enquiry('+12025550181');
      const other = await enquiry('+12025550182');
      const parameters = {
        operation: 'distribute',
        vertical: '={{ $json.wants }}',
        creditScore: '710',
        fundingAmount: '$45,000',
        additionalFields: { state: 'TX', funding_purpose: 'Trucks', custom: '{"asked": "yes"}' },
      };
      const { run, outputs } = await bench.run(
        'orderRouter',
        parameters,
        items(
          { lead_id: leadId, wants: 'Linked' },
          { lead_id: other, wants: 'Nothing' },
          { lead_id: leadId, wants: 'Linked' },
        ),
      );
      expect(run.status).toBe('success');
      expect(outputs.map((list) => list.map(({ pairedItem }) => pairedItem))).toEqual([
        [{ item: 0 }],
        [{ item: 1 }],
        [],
        [{ item: 2 }],
      ]);
      const [assigned] = jsonOf(outputs[0]);
      expect(assigned).toMatchObject({
        status: 'assigned',
        order_id: order.id,
        input: { lead_id: leadId },
      });
      expect(assigned?.lead_id).not.toBe(leadId);
      expect(await readLead(service, String(assigned?.lead_id))).toMatchObject({
        kind: 'distribution',
        name: 'Eve Example',
        phone: '+12025550181',
        state: 'TX',
        credit_score: 710,
        funding_amount: 45_000,
        assigned_order_id: order.id,
      });
      expect(await readLead(service, leadId)).toMatchObject({ kind: 'response', status: 'open' });
      const activity = await read(`/activity?subject_id=${leadId}&subject_type=lead`);
      expect(JSON.stringify(activity)).toContain('lead.distributed');
    });

    test('only an enquiry can be distributed: 409 in words, and Unassigned under Continue', async () => {
      const [routed] = await bench.leadLoop('lead', 'route', {}, [lead('direct-1', 'Nothing')]);
      const parameters = { operation: 'distribute', vertical: 'Nothing' };
      const given = items(routed ?? {});
      const { run } = await bench.run('orderRouter', parameters, given);
      expect(run.data.resultData.error?.message).toBe(
        'Item 0: Only a response lead can be distributed',
      );
      const { outputs } = await bench.run('orderRouter', parameters, given, {
        onError: 'continueRegularOutput',
      });
      expect(outputs.map(({ length }) => length)).toEqual([0, 1, 0, 0]);
      expect(outputs[1]?.[0]?.json).toMatchObject({
        details: { code: 'not_a_response_lead', status: 409 },
      });
    });

    test('Re-Route assigns what waits once an order fits, whole answer on request', async () => {
      const [waiting] = await bench.leadLoop('lead', 'route', {}, [lead('wait-1', 'Later')]);
      expect(waiting).toMatchObject({ status: 'unassigned', reason_code: 'vertical_mismatch' });
      const broker = await makeBroker(service, { assignment_status: 'paused' });
      const order = await makeOrder(service, { broker_id: broker.id, verticals: ['Later'] });
      const reroute = () =>
        bench.run('orderRouter', { operation: 'reroute', simplify: false }, items(waiting ?? {}));
      const still = await reroute();
      expect(still.outputs.map(({ length }) => length)).toEqual([0, 1, 0, 0]);
      expect(still.outputs[1]?.[0]?.json).toMatchObject({
        status: 'unassigned',
        assignment: { status: 'unassigned', reason_code: 'vertical_mismatch' },
      });
      // By hand and not through the API, which would try waiting leads again by itself.
      await execute(
        service,
        `update brokers set assignment_status = 'active' where id = '${broker.id}'`,
      );
      const now = await reroute();
      expect(now.outputs.map(({ length }) => length)).toEqual([1, 0, 0, 0]);
      const read = await readLead(service, String(waiting?.lead_id));
      expect(read).toMatchObject({ status: 'assigned', assigned_order_id: order.id });
      expect(read.decisions.map(({ trigger }) => trigger)).toEqual([
        'intake',
        'retry',
        'reroute',
        'reroute',
      ]);
      const { run } = await reroute();
      expect(run.data.resultData.error?.message).toMatch(/^Item 0: .*assigned/);
    });

    test('Simulate takes its own orders and moment, and shows every component on request', async () => {
      const orders = [
        {
          id: 'order-a',
          broker_id: 'broker-a',
          name: 'A',
          verticals: ['Imagined'],
          total_leads: 5,
        },
      ];
      const parameters = {
        operation: 'simulate',
        vertical: 'Imagined',
        creditScore: '700',
        fundingAmount: '40000',
        simplify: false,
        options: { orders: JSON.stringify(orders), at: '2026-03-01T09:00:00Z' },
      };
      const { run, outputs } = await bench.run('orderRouter', parameters);
      expect(run.data.resultData.error?.message).toBeUndefined();
      expect(outputs.map(({ length }) => length)).toEqual([1, 0, 0, 0]);
      expect(outputs[0]?.[0]?.json).toMatchObject({
        status: 'assigned',
        considered: [{ order_id: 'order-a', score: { total: expect.any(Number) as unknown } }],
      });
      const { run: wrong } = await bench.run('orderRouter', {
        ...parameters,
        creditScore: 'good',
      });
      expect(wrong.data.resultData.error?.message).toMatch(/^Item 0: .*credit_score must be/);
    });
  });

  test('From List pages through brokers and finds orders and leads by name', async () => {
    for (let n = 0; n < 101; n += 1) await makeBroker(service, { name: `Paged ${n}` });
    const first = await bench.search('leadLoop', 'searchBrokers');
    expect(first.results).toHaveLength(100);
    const second = await bench.search(
      'leadLoop',
      'searchBrokers',
      undefined,
      String(first.paginationToken),
    );
    const values = [...first.results, ...second.results].map(({ value }) => value);
    expect(new Set(values).size).toBe(values.length);
    // The first of them all is on the second page.
    const found = await bench.search('leadLoop', 'searchBrokers', 'example capital');
    expect(found.results).toMatchObject([{ name: 'Example Capital' }]);
    const orders = await bench.search('leadLoop', 'searchOrders', 'EQUIPMENT');
    expect(orders.results).toMatchObject([{ name: 'Equipment, monthly · paused' }]);
    const leads = await bench.search('orderRouter', 'searchLeads', 'deliver-1');
    expect(leads.results).toHaveLength(1);
  });

  test('a key with scope intake may route and look up, and is told what it may not', async () => {
    const key = await makeKey(service, ['intake']);
    const narrow = await openWorkbench(service, key.token);
    const [routed] = await narrow.leadLoop('lead', 'route', {}, [lead('narrow-1', 'Nothing')]);
    expect(routed).toMatchObject({ status: 'unassigned' });
    expect(await narrow.refusal('order', 'getAll')).toMatchObject({
      message: 'Item 0: This key lacks the scope "read"',
      httpCode: '403',
    });
  });
});
