import {
  execute,
  leadOf,
  makeOrder,
  readOrder,
  wipe,
  type ErrorBody,
  type IntakeBody,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type CallOptions, type TestService } from '../support/service.js';

const PATH = '/api/leads/incoming/batch';

describe.each(DATABASES)('a batch of leads on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const send = (leads: unknown, options?: CallOptions) =>
    service.post<{ results: IntakeBody[] }>(PATH, { leads }, options);
  const storedContacts = async () => {
    const rows = await service.store.db
      .selectFrom('leads')
      .select('ghl_contact_id')
      .orderBy('id')
      .execute();
    return rows.map((row) => row.ghl_contact_id);
  };

  test('one lead is answered as the single call answers it', async () => {
    await makeOrder(service);
    const single = await service.post<IntakeBody>('/api/leads/incoming', leadOf());
    const batch = await send([leadOf()]);
    expect(batch.status).toBe(200);
    const shape = (body: IntakeBody | undefined) => ({
      ...body,
      lead_id: '',
      assignment: { ...body?.assignment, score: 0 },
    });
    expect(batch.body.results.map(shape)).toEqual([shape(single.body)]);
  });

  test('500 leads are answered in their order, and routed in it', async () => {
    await makeOrder(service, { total_leads: 300, verticals: ['MCA'] });
    const contacts = Array.from({ length: 500 }, (_unused, index) => `b-${index}`);
    const answer = await send(contacts.map((ghl_contact_id) => leadOf({ ghl_contact_id })));
    expect(answer.status).toBe(200);
    const statuses = answer.body.results.map(
      (result) => result.assignment?.status ?? result.reason,
    );
    // The order is the only one: after its last lead there is no active order in the system.
    expect(statuses).toEqual([
      ...Array<string>(300).fill('assigned'),
      ...Array<string>(200).fill('no_active_orders'),
    ]);
    const rows = await service.store.db
      .selectFrom('leads')
      .select(['id', 'ghl_contact_id'])
      .execute();
    const idOf = new Map(rows.map((row) => [row.ghl_contact_id, row.id]));
    expect(answer.body.results.map((result) => result.lead_id)).toEqual(
      contacts.map((contact) => idOf.get(contact)),
    );
  });

  test('invalid elements get their own answer and the others go through', async () => {
    await makeOrder(service);
    const answer = await send([
      null,
      leadOf({ ghl_contact_id: 'first' }),
      leadOf({ credit_score: 'x' }),
      'text',
      [],
      leadOf({ ghl_contact_id: '' }),
      leadOf({ ghl_contact_id: 'last' }),
    ]);
    expect(answer.status).toBe(200);
    const invalid = (field: string) => ({
      error: 'invalid_payload',
      message: expect.any(String),
      details: { [field]: expect.any(String) },
    });
    expect(answer.body.results).toEqual([
      invalid('body'),
      expect.objectContaining({ assignment: expect.objectContaining({ status: 'assigned' }) }),
      invalid('credit_score'),
      invalid('body'),
      invalid('body'),
      invalid('ghl_contact_id'),
      expect.objectContaining({ assignment: expect.objectContaining({ status: 'assigned' }) }),
    ]);
    expect(await storedContacts()).toEqual(['first', 'last']);
  });

  test('a batch of nothing but invalid elements is answered', async () => {
    const answer = await send([{}, {}], { headers: { 'idempotency-key': 'all-invalid' } });
    expect(answer.body.results).toMatchObject([
      { error: 'invalid_payload' },
      { error: 'invalid_payload' },
    ]);
  });

  test.each([
    ['without a key', {}],
    ['as one transaction', { headers: { 'idempotency-key': 'repeats' } }],
  ])(
    'a lead that the batch itself repeats is a duplicate of its first one, %s',
    async (_case, options) => {
      await makeOrder(service);
      const contact = { email: 'pat@example.com', phone: '+12025550123' };
      const { body } = await send(
        [
          leadOf({ ghl_contact_id: 'a' }),
          leadOf({ ghl_contact_id: 'a' }),
          leadOf({ ghl_contact_id: 'b', ...contact }),
          leadOf({ ghl_contact_id: 'c', email: 'PAT@example.com', phone: '(202) 555-0123' }),
          leadOf({ ghl_contact_id: 'b' }),
        ],
        options,
      );
      const [first, , person] = body.results;
      const duplicateOf = (lead: IntakeBody | undefined) => ({
        lead_id: lead?.lead_id,
        status: 'duplicate',
        message: 'lead already exists',
      });
      expect(body.results[1]).toEqual(duplicateOf(first));
      expect(body.results[3]).toEqual(duplicateOf(person));
      expect(body.results[4]).toEqual(duplicateOf(person));
      expect(await storedContacts()).toEqual(['a', 'b']);
    },
  );

  test('capacity, completion and tie-breaks evolve from lead to lead', async () => {
    const small = await makeOrder(service, { name: 'small', total_leads: 1, priority: 'high' });
    const large = await makeOrder(service, { name: 'large', total_leads: 2 });
    const other = await makeOrder(service, { name: 'other', verticals: ['SBA'], total_leads: 1 });
    const { body } = await send([
      leadOf(),
      leadOf(),
      leadOf(),
      leadOf(),
      leadOf({ vertical: 'SBA' }),
    ]);
    expect(
      body.results.map(({ assignment }) => assignment?.order_id ?? assignment?.reason_code),
    ).toEqual([small.id, large.id, large.id, 'vertical_mismatch', other.id]);
    for (const order of [small, large, other]) {
      expect(await readOrder(service, order.id)).toMatchObject({
        status: 'completed',
        completed_by: 'system',
        leads_remaining: 0,
        leads_delivered: order.total_leads,
      });
    }
  });

  test.each([
    ['no leads', []],
    ['501 leads', Array.from({ length: 501 }, () => ({}))],
    ['no list', undefined],
    ['an object', {}],
    ['text', 'leads'],
  ])('%s are a 400', async (_case, leads) => {
    const answer = await service.post<ErrorBody>(PATH, { leads });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'invalid_payload', details: { leads: expect.any(String) } },
    });
  });

  test('hold concerns every lead of the batch', async () => {
    const broker = await service.post<{ id: string }>('/api/brokers', {
      name: 'Example',
      crm_webhook_url: 'https://crm.example.com/in',
    });
    await makeOrder(service, { broker_id: broker.body.id });
    const answer = await service.post<{ results: IntakeBody[] }>(`${PATH}?delivery=hold`, {
      leads: [leadOf(), leadOf()],
    });
    expect(answer.body.results.map((result) => result.assignment?.delivery_status)).toEqual([
      'held',
      'held',
    ]);
  });

  describe('with an Idempotency-Key', () => {
    const keyed = { headers: { 'idempotency-key': 'batch-1' } };

    test('a repeat is answered the same and has no second effect', async () => {
      const order = await makeOrder(service);
      const leads = [leadOf(), leadOf({ credit_score: 'x' }), leadOf()];
      const first = await send(leads, keyed);
      const again = await send(leads, keyed);
      expect(again.status).toBe(200);
      expect(again.body).toEqual(first.body);
      expect(first.headers.get('idempotent-replayed')).toBeNull();
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(await readOrder(service, order.id)).toMatchObject({ leads_delivered: 2 });
    });

    test('the batch is one transaction: with one lead refused by the database nothing is stored', async () => {
      const order = await makeOrder(service);
      const leads = [leadOf(), leadOf({ ghl_contact_id: 'poison' }), leadOf()];
      await refusePoison(service);
      const failed = await send(leads, keyed);
      expect(failed).toMatchObject({ status: 503, body: { error: 'lead_not_stored' } });
      expect(failed.headers.get('retry-after')).not.toBeNull();
      expect(await storedContacts()).toEqual([]);
      expect(await readOrder(service, order.id)).toMatchObject({ leads_delivered: 0 });

      // A fault is not kept under the key: the same request now has its effect.
      await allowPoison(service);
      const repaired = await send(leads, keyed);
      expect(repaired.status).toBe(200);
      expect(repaired.headers.get('idempotent-replayed')).toBeNull();
      expect(await storedContacts()).toHaveLength(3);
    });
  });
});

async function refusePoison(service: TestService): Promise<void> {
  if (service.store.dialect === 'sqlite') {
    await execute(
      service,
      `create trigger refuse before insert on leads when new.ghl_contact_id = 'poison'
       begin select raise(abort, 'refused'); end`,
    );
    return;
  }
  await execute(
    service,
    `create function refuse() returns trigger language plpgsql as $$
     begin if new.ghl_contact_id = 'poison' then raise 'refused'; end if; return new; end $$`,
    'create trigger refuse before insert on leads for each row execute function refuse()',
  );
}

async function allowPoison(service: TestService): Promise<void> {
  const where = service.store.dialect === 'sqlite' ? '' : ' on leads';
  await execute(service, `drop trigger refuse${where}`);
}
