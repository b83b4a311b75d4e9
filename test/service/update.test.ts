import {
  intake,
  makeOrder,
  readLead,
  readOrder,
  wipe,
  type ErrorBody,
} from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import { startTestService, type TestService } from '../support/service.js';

interface UpdateBody {
  lead_id: string;
  updated_fields: string[];
  assignment?: { status: string; order_id?: string; reason_code?: string; reason?: string };
}

describe.each(DATABASES)('PATCH /api/leads/update on %s', (database) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterEach(() => wipe(service));
  afterAll(() => service.stop());

  const update = <T = UpdateBody>(fields: Record<string, unknown>) =>
    service.patch<T>('/api/leads/update', { ghl_contact_id: 'c', ...fields });

  test('changes every field that may change and names them in alphabetical order', async () => {
    const { lead_id } = await intake(service, { ghl_contact_id: 'c' });
    const fields = {
      state: 'texas',
      vertical: 'SBA',
      first_name: 'Pat',
      last_name: 'Doe',
      email: 'pat@example.com',
      phone: '(202) 555-0123',
      business_name: 'Doe LLC',
      credit_score: '710',
      funding_amount: ' $75,000.50 ',
      funding_purpose: 'equipment',
      ai_call_notes: 'called back',
      ai_call_status: 'done',
    };
    const answer = await update(fields);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      lead_id,
      updated_fields: Object.keys(fields).sort(),
      // It was rejected for want of an order, and still is.
      assignment: {
        status: 'rejected',
        reason: 'no_active_orders',
        reason_code: 'no_active_orders',
      },
    });
    expect(await readLead(service, lead_id)).toMatchObject({
      ...fields,
      state: 'TX',
      credit_score: 710,
      funding_amount: 75_000.5,
      name: 'Pat Doe',
      version: 2,
    });
  });

  test('a lead that nobody knows is a 404 with its contact id', async () => {
    const answer = await service.patch('/api/leads/update', {
      ghl_contact_id: 'nobody',
      vertical: 'x',
    });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      error: 'lead_not_found',
      message: expect.any(String),
      ghl_contact_id: 'nobody',
    });
  });

  test.each([[undefined], [null], [' ']])(
    'without a contact id (%j) it is a 400',
    async (given) => {
      expect(await update({ ghl_contact_id: given })).toMatchObject({
        status: 400,
        body: { error: 'validation_error', details: { ghl_contact_id: 'is required' } },
      });
    },
  );

  test.each([
    ['credit_score', 299],
    ['credit_score', 'good'],
    ['email', 'nonsense'],
    ['phone', '12345'],
    ['funding_amount', 0],
    ['funding_amount', -1],
    ['funding_amount', '1e5'],
    ['funding_amount', 'much'],
    ['funding_amount', true],
    ['vertical', 5],
    ['first_name', 'x'.repeat(201)],
  ])('an invalid %s (%j) is a 400 that changes nothing', async (field, value) => {
    const { lead_id } = await intake(service, { ghl_contact_id: 'c' });
    const answer = await update<ErrorBody>({ first_name: 'New', [field]: value });
    expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
    expect(Object.keys(answer.body.details ?? {})).toEqual([field]);
    expect(await readLead(service, lead_id)).toMatchObject({ first_name: null, version: 1 });
  });

  test.each(['assigned_broker_id', 'assigned_order_id', 'assigned_at', 'status'])(
    'naming %s is a 400, whatever its value',
    async (field) => {
      await intake(service, { ghl_contact_id: 'c' });
      for (const value of ['assigned', '', null, 1, []]) {
        const answer = await update<ErrorBody>({ [field]: value });
        expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
        expect(Object.keys(answer.body.details ?? {})).toEqual([field]);
      }
    },
  );

  test('other unknown fields are ignored', async () => {
    const { lead_id } = await intake(service, { ghl_contact_id: 'c' });
    const answer = await update({ id: 'x', kind: 'response', source: 'x', version: 7, made_up: 1 });
    expect(answer).toMatchObject({ status: 200, body: { updated_fields: [] } });
    expect(await readLead(service, lead_id)).toMatchObject({
      id: lead_id,
      kind: 'distribution',
      version: 1,
    });
  });

  test('null and blank fields stay as they are; a blank e-mail clears it', async () => {
    const { lead_id } = await intake(service, {
      ghl_contact_id: 'c',
      first_name: 'Pat',
      phone: '2025550123',
      email: 'pat@example.com',
    });
    const kept = await update({
      first_name: null,
      phone: ' ',
      email: null,
      vertical: '',
      funding_amount: '',
    });
    expect(kept.body.updated_fields).toEqual([]);
    expect(await readLead(service, lead_id)).toMatchObject({
      first_name: 'Pat',
      phone: '2025550123',
      email: 'pat@example.com',
      vertical: 'MCA',
    });
    const cleared = await update({ email: '' });
    expect(cleared.body).toEqual({ lead_id, updated_fields: ['email'] });
    expect((await readLead(service, lead_id)).email).toBeNull();
  });

  test('the new phone and e-mail are what duplicates and look-ups compare', async () => {
    await makeOrder(service);
    const { lead_id } = await intake(service, { ghl_contact_id: 'c' });
    await update({ phone: '+12025550123', email: 'new@example.com' });
    const found = await service.get('/api/leads/lookup?phone=2025550123');
    expect(found.body).toMatchObject({ lead_id });
    const repeat = await intake(service, { phone: '202-555-0123', email: 'NEW@example.com' });
    expect(repeat).toMatchObject({ status: 'duplicate', lead_id });
  });

  test.each([
    ['vertical', { vertical: 'SBA' }, { vertical: 'mca' }],
    ['credit_score', { credit_score: 600 }, { credit_score: 690 }],
    ['funding_amount', { funding_amount: 10 }, { funding_amount: 5000 }],
  ])(
    'an unassigned lead whose %s changes is evaluated again at once',
    async (_field, before, change) => {
      const order = await makeOrder(service, {
        verticals: ['MCA'],
        credit_score_min: 680,
        loan_min: 1000,
      });
      const { lead_id } = await intake(service, { ghl_contact_id: 'c', ...before });
      const answer = await update(change);
      expect(answer.body).toMatchObject({
        lead_id,
        updated_fields: Object.keys(change),
        assignment: { status: 'assigned', order_id: order.id },
      });
      expect(await readLead(service, lead_id)).toMatchObject({
        status: 'assigned',
        decisions: [{ trigger: 'intake' }, { trigger: 'update', status: 'assigned' }],
      });
      expect(await readOrder(service, order.id)).toMatchObject({ leads_delivered: 1 });
      expect((await service.get('/api/unassigned')).body).toMatchObject({ data: [] });
    },
  );

  test('a rejected lead is evaluated again, and may then wait', async () => {
    await makeOrder(service, { verticals: ['SBA'] });
    const { lead_id } = await intake(service, { ghl_contact_id: 'c', funding_amount: null });
    const answer = await update({ funding_amount: 1000 });
    expect(answer.body.assignment).toEqual({
      status: 'unassigned',
      reason: 'no matching order for vertical',
      reason_code: 'vertical_mismatch',
    });
    expect(await readLead(service, lead_id)).toMatchObject({
      status: 'unassigned',
      rejection_reason: null,
    });
    expect((await service.get('/api/unassigned')).body).toMatchObject({
      data: [{ lead: { id: lead_id } }],
    });
  });

  test('an unassigned lead that becomes unacceptable is rejected and leaves the queue', async () => {
    await makeOrder(service, { verticals: ['SBA'] });
    const { lead_id } = await intake(service, { ghl_contact_id: 'c' });
    const answer = await update({ credit_score: 500 });
    expect(answer.body.assignment).toMatchObject({ status: 'rejected', reason: 'credit_too_low' });
    expect(await readLead(service, lead_id)).toMatchObject({
      status: 'rejected',
      rejection_reason: 'credit_too_low',
    });
    expect((await service.get('/api/unassigned')).body).toMatchObject({ data: [] });
  });

  test('an assigned lead stays where it is, and so does a lead whose routing fields are the same', async () => {
    const order = await makeOrder(service, { verticals: ['MCA'] });
    const assigned = await intake(service, { ghl_contact_id: 'c' });
    expect((await update({ vertical: 'SBA', credit_score: 610 })).body.assignment).toBeUndefined();
    expect(await readLead(service, assigned.lead_id)).toMatchObject({
      status: 'assigned',
      assigned_order_id: order.id,
    });
    const waiting = await intake(service, { ghl_contact_id: 'w', vertical: 'SBA' });
    const same = await update({
      ghl_contact_id: 'w',
      vertical: 'SBA',
      credit_score: '700',
      first_name: 'Pat',
    });
    expect(same.body.assignment).toBeUndefined();
    expect((await readLead(service, waiting.lead_id)).decisions).toHaveLength(1);
  });

  test('what came is kept as a source event of the lead', async () => {
    const { lead_id } = await intake(service, { ghl_contact_id: 'c' });
    const raw = '{"ghl_contact_id":"c", "first_name":"Pat","other":1.0}';
    await service.call('PATCH', '/api/leads/update', undefined, { raw });
    const events = await service.store.db
      .selectFrom('source_events')
      .select(['kind', 'raw'])
      .where('lead_id', '=', lead_id)
      .orderBy('id')
      .execute();
    expect(events.at(-1)).toEqual({ kind: 'update', raw });
  });
});

describe.each(DATABASES)('updates without evaluation on %s', (database) => {
  test('the evaluation of updated leads is a setting', async () => {
    const service = await startTestService(database, { env: { REROUTE_ON_UPDATE: 'false' } });
    try {
      await makeOrder(service, { verticals: ['MCA'] });
      const { lead_id } = await intake(service, { ghl_contact_id: 'c', vertical: 'SBA' });
      const answer = await service.patch('/api/leads/update', {
        ghl_contact_id: 'c',
        vertical: 'MCA',
      });
      expect(answer.body).toEqual({ lead_id, updated_fields: ['vertical'] });
      expect(await readLead(service, lead_id)).toMatchObject({
        status: 'unassigned',
        vertical: 'MCA',
      });
    } finally {
      await service.stop();
    }
  });
});
