import { startFakeSmtp } from '../../fakes/smtp.js';
import { DATABASES } from '../../support/databases.js';
import { ANN, startResponse, type FormAnswer, type ResponseService } from './support.js';

const SECRET = 'secret-of-the-contact-form';

describe.each(DATABASES)('web forms on %s', (database) => {
  let service: ResponseService;

  beforeEach(async () => {
    service = await startResponse(database);
  });
  afterEach(() => service.stop());

  const submit = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    service.post<FormAnswer & { error?: string; details?: Record<string, string> }>(
      '/api/forms/submissions',
      { form_id: 'contact', fields: { name: 'Ann Example', phone: ANN }, ...body },
      { headers },
    );

  test('consent and raw payload are kept exactly as received, unknown fields included', async () => {
    const raw =
      '{"form_id":"contact","form_version":7,"fields":{"name":"Ann Example","phone":"(202) 555-0123","colour":"  Blue "},"consent":{"sms":"on","text":"You may text me","ip":"203.0.113.7","certificate_url":"https://certificates.example.com/1","big":12345678901234567890}}';
    const answer = await service.post<FormAnswer>('/api/forms/submissions', undefined, { raw });
    expect(answer).toMatchObject({
      status: 200,
      body: { created: true, acknowledgement: { status: 'queued' } },
    });
    const [event] = await service.timeline(answer.body.lead_id);
    expect(event?.data).toMatchObject({
      raw,
      kind: 'form',
      facts: { form_version: 7, consent: { sms: true } },
    });
  });

  test.each([
    ['nobody', { fields: { phone: ANN } }, ['fields.name']],
    ['no way to reach them', { fields: { name: 'Ann' } }, ['fields.email']],
    ['a phone that is none', { fields: { name: 'Ann', phone: 'call me maybe' } }, ['fields.phone']],
    ['an e-mail that is none', { fields: { name: 'Ann', email: 'ann@' } }, ['fields.email']],
    ['no form', { form_id: ' ' }, ['form_id']],
    ['fields that are no object', { fields: 'Ann' }, ['fields']],
    [
      'blank fields',
      { fields: { name: '  ', phone: null, email: '' } },
      ['fields.name', 'fields.email'],
    ],
  ])('a form that names %s is refused with the fields', async (_name, body, fields) => {
    const answer = await submit(body);
    expect(answer).toMatchObject({ status: 400, body: { error: 'validation_error' } });
    expect(Object.keys(answer.body.details ?? {}).sort()).toEqual([...fields].sort());
    expect(await service.leads()).toEqual([]);
  });

  test('a company is as good as a name', async () => {
    const answer = await submit({
      fields: { company: 'Example Bakery', email: 'bakery@example.com' },
    });
    expect(answer.status).toBe(200);
    expect(await service.leads()).toMatchObject([{ business_name: 'Example Bakery' }]);
  });

  test('one submission_id is one submission, whatever else differs', async () => {
    const one = await submit({ submission_id: 's-1' });
    const two = await submit({
      submission_id: 's-1',
      fields: { name: 'Other', phone: '+12025550199' },
    });
    expect(two.body).toEqual({ ...one.body, repeated: true });
    expect(await service.leads()).toHaveLength(1);
    expect(await submit({ submission_id: 's-1', form_id: 'another' })).toMatchObject({
      status: 200,
    });
  });

  test('without one the same contact and message in one minute are one submission', async () => {
    const [a, b] = await Promise.all([submit({}), submit({})]);
    expect({ ...a.body, repeated: null }).toEqual({ ...b.body, repeated: null });
    service.runtime.advance(60_000);
    await submit({});
    const events = (await service.timeline(a.body.lead_id)).filter(
      ({ type }) => type === 'source_event',
    );
    expect(events).toHaveLength(2);
  });

  test('an Idempotency-Key replays the answer', async () => {
    const headers = { 'Idempotency-Key': 'form-1' };
    const one = await submit({}, headers);
    const two = await submit({}, headers);
    expect(two.body).toEqual(one.body);
    expect(two.headers.get('idempotent-replayed')).toBe('true');
    expect((await submit({ form_id: 'x' }, headers)).status).toBe(422);
  });

  test('a registered form has its own business, required fields and secret', async () => {
    const spa = await service.post<{ id: string }>('/api/businesses', {
      name: 'Example Spa',
      phones: ['+12025550177'],
      vertical: 'med_spa',
    });
    const form = await service.post<{ id: string; version: number; has_secret: boolean }>(
      '/api/forms',
      {
        form_id: 'contact',
        name: 'Contact us',
        business_id: spa.body.id,
        required_fields: ['service'],
        secret: SECRET,
      },
    );
    expect(form).toMatchObject({
      status: 201,
      body: { has_secret: true, required_fields: ['service'] },
    });
    expect(JSON.stringify(form.body)).not.toContain(SECRET);
    expect(await submit({})).toMatchObject({
      status: 400,
      body: { details: { 'fields.service': 'is required' } },
    });
    const body = {
      form_id: 'contact',
      fields: { name: 'Ann Example', phone: ANN, service: 'Facial' },
      consent: { sms: true },
    };
    const bySecret = (secret: string) =>
      service.post<FormAnswer>('/api/forms/submissions', body, {
        key: null,
        headers: { 'X-LeadLoop-Secret': secret },
      });
    expect((await bySecret('wrong')).status).toBe(403);
    expect((await service.post('/api/forms/submissions', body, { key: null })).status).toBe(401);
    const answer = await bySecret(SECRET);
    expect(answer.status).toBe(200);
    expect((await service.get(`/api/leads/${answer.body.lead_id}`)).body).toMatchObject({
      business_id: spa.body.id,
    });
    const [event] = await service.timeline(answer.body.lead_id);
    expect(event?.data).toMatchObject({ verified_by: 'secret' });
    // A person who calls another business of ours is another lead there.
    expect(await service.missed(ANN)).toMatchObject({ created: true });

    const taken = await service.post('/api/forms', { form_id: 'contact', name: 'Again' });
    expect(taken).toMatchObject({ status: 409, body: { error: 'form_taken' } });
    const path = `/api/forms/${form.body.id}`;
    expect(await service.patch(path, { version: 1, secret: null })).toMatchObject({
      status: 200,
      body: { has_secret: false, version: 2 },
    });
    expect((await bySecret(SECRET)).status).toBe(403);
    expect(await service.patch(path, { version: 1, name: 'x' })).toMatchObject({ status: 409 });
  });

  test('a key without the scope intake takes no forms', async () => {
    const key = await service.post<{ token: string }>('/api/api-keys', {
      name: 'reader',
      scopes: ['read'],
    });
    const answer = await service.post('/api/forms/submissions', {}, { key: key.body.token });
    expect(answer.status).toBe(403);
  });
});

describe.each(DATABASES)('acknowledgement by e-mail on %s', (database) => {
  test('goes out once under its own consent, and an unclear end is not repeated', async () => {
    const smtp = await startFakeSmtp();
    const service = await startResponse(database, {
      env: { SMTP_URL: smtp.url, SMTP_FROM: 'desk@example.com' },
    });
    try {
      const send = async (email: string, consent: Record<string, unknown>) => {
        const { acknowledgement } = await service.form({ name: 'Ann Example', email }, { consent });
        await service.service.sendDue();
        return acknowledgement;
      };
      expect(await send('ann@example.com', { email: true })).toMatchObject({ status: 'queued' });
      expect(smtp.letters).toMatchObject([
        { to: 'ann@example.com', content: expect.stringContaining('Subject: Example Dental') },
      ]);
      expect(await send('bob@example.com', { sms: true, email: false })).toMatchObject({
        status: 'skipped',
        reason_code: 'no_textable_number',
      });
      await service.post('/api/suppressions', { email: 'Cyd@example.com', reason: 'asked' });
      expect(await send('cyd@example.com', { email: true })).toMatchObject({
        reason_code: 'suppressed',
      });
      smtp.failNext('451 come back later');
      await send('dan@example.com', { email: true });
      service.runtime.advance(10_000);
      await service.service.sendDue();
      smtp.failNext('550 nobody here');
      await send('eve@example.com', { email: true });
      const states = (await service.messages()).map(({ to, status }) => [to, status]);
      expect(states).toEqual([
        ['eve@example.com', 'failed'],
        ['dan@example.com', 'sent'],
        ['cyd@example.com', 'skipped'],
        [null, 'skipped'],
        ['ann@example.com', 'sent'],
      ]);
      expect(smtp.letters.map(({ to }) => to)).toEqual(['ann@example.com', 'dan@example.com']);
    } finally {
      await service.stop();
      await smtp.close();
    }
  });
});
