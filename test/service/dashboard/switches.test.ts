import { startFakeCrm, status, type FakeCrm } from '../../fakes/crm.js';
import { getPage, postForm, signedIn, type Person } from '../../support/dashboard.js';
import { DATABASES } from '../../support/databases.js';
import { createBroker, createOrder, postLead } from '../../support/seed.js';
import { startTestService, type Answer, type TestService } from '../../support/service.js';
import { emitMany, numbers, subscribe, upTo } from '../events/setup.js';

describe.each(DATABASES)('forms, subscriptions, staff and deliveries on %s', (database) => {
  let service: TestService;
  let crm: FakeCrm;
  let admin: Person;
  let agent: Person;

  beforeAll(async () => {
    [service, crm] = await Promise.all([
      startTestService(database, { env: { EGRESS_ALLOW_CIDRS: '127.0.0.0/8' } }),
      startFakeCrm(),
    ]);
    admin = await signedIn(service, 'admin');
    agent = await signedIn(service, 'agent');
  });
  beforeEach(() => {
    crm.behave(status(200));
    crm.requests.splice(0);
  });
  afterAll(async () => {
    await service.stop();
    await crm.close();
  });

  const post = (path: string, fields: Record<string, string | string[]>, person = admin) =>
    postForm(service, path, fields, person.cookie);
  const page = async (path: string) => (await getPage(service, path, admin.cookie)).text;
  const secretOf = (text: string): string =>
    /<p class="secret"><code>([^<]+)<\/code>/.exec(text)?.[1] ?? '';
  const lastActivity = async (subjectId: string) =>
    (
      await service.get<{
        data: { action: string; actor: { name: string }; before: unknown; after: unknown }[];
      }>(`/api/activity?subject_id=${subjectId}`)
    ).body.data[0];

  describe('a form', () => {
    const submit = (formId: string, options: { secret?: string; id?: string }): Promise<Answer> =>
      service.post(
        '/api/forms/submissions',
        {
          form_id: formId,
          ...(options.id === undefined ? {} : { submission_id: options.id }),
          fields: { name: 'Ann Example', email: 'ann@example.com', service: 'Cleaning' },
        },
        options.secret === undefined
          ? {}
          : { key: null, headers: { 'x-leadloop-secret': options.secret } },
      );
    const register = async (formId: string, fields: Record<string, string> = {}) => {
      const answer = await post('/settings/forms', {
        do: 'create',
        form_id: formId,
        name: `Form ${formId}`,
        ...fields,
      });
      const { body } = await service.get<{ data: { id: string; form_id: string }[] }>('/api/forms');
      return { answer, id: body.data.find((one) => one.form_id === formId)?.id ?? '' };
    };
    const versionOf = async (id: string) =>
      String((await service.get<{ version: number }>(`/api/forms/${id}`)).body.version);

    test('is registered with a secret that is seen once and works', async () => {
      const { answer, id } = await register('quote', {
        own_secret: 'true',
        required_fields: 'service, postal_code',
      });
      const secret = secretOf(answer.text);
      expect(secret).toMatch(/^[\w-]{32}$/);
      expect(await page(`/settings/forms/${id}`)).not.toContain(secret);
      expect(await submit('quote', { secret })).toMatchObject({
        status: 400,
        body: { details: { 'fields.postal_code': 'is required' } },
      });
      const changed = await post(`/settings/forms/${id}`, {
        do: 'update',
        version: await versionOf(id),
        name: 'Quote',
        required_fields: 'service',
      });
      expect(changed.location).toBe(`/settings/forms/${id}?done=saved`);
      expect((await submit('quote', { secret })).status).toBe(200);
      expect((await register('quote')).answer.status).toBe(409);
    });

    test('gets a new secret that ends the old one, and none', async () => {
      const { answer, id } = await register('rotating', { own_secret: 'true' });
      const first = secretOf(answer.text);
      const rotated = await post(`/settings/forms/${id}`, {
        do: 'new_secret',
        version: await versionOf(id),
      });
      const second = secretOf(rotated.text);
      expect(second).toMatch(/^[\w-]{32}$/);
      expect((await submit('rotating', { secret: first })).status).toBe(403);
      expect((await submit('rotating', { secret: second })).status).toBe(200);
      expect(await lastActivity(id)).toMatchObject({
        action: 'form.updated',
        actor: { name: 'Admin Example' },
        before: { secret: 'set' },
        after: { secret: 'replaced' },
      });
      const log = await service.get(`/api/activity?subject_id=${id}`);
      expect(JSON.stringify(log.body)).not.toContain(second);
      await post(`/settings/forms/${id}`, { do: 'remove_secret', version: await versionOf(id) });
      expect((await submit('rotating', { secret: second })).status).toBe(403);
    });

    test('that is disabled takes nothing new, repeats what it answered, and is enabled again', async () => {
      const { id } = await register('seasonal');
      const taken = await submit('seasonal', { id: 's-1' });
      expect(taken.status).toBe(200);
      const off = await post(`/settings/forms/${id}`, { do: 'disable', version: '1' });
      expect(off.location).toBe(`/settings/forms/${id}?done=form_disabled`);
      expect(await submit('seasonal', { id: 's-2' })).toMatchObject({
        status: 409,
        body: { error: 'form_disabled' },
      });
      expect(await submit('seasonal', { id: 's-1' })).toMatchObject({
        status: 200,
        body: { ...taken.body, repeated: true },
      });
      const stale = await post(`/settings/forms/${id}`, { do: 'enable', version: '1' });
      expect([stale.status, stale.text.includes('Somebody changed this')]).toEqual([409, true]);
      await post(`/settings/forms/${id}`, { do: 'enable', version: '2' });
      expect((await submit('seasonal', { id: 's-2' })).status).toBe(200);
    });
  });

  describe('a subscription', () => {
    test('is made with a secret that is seen once', async () => {
      const none = await post('/settings/subscriptions', { do: 'create', url: crm.url() });
      expect([none.status, none.text.includes('Choose at least one kind of event.')]).toEqual([
        400,
        true,
      ]);
      const forbidden = await post('/settings/subscriptions', {
        do: 'create',
        url: 'http://169.254.169.254/latest',
        events: ['lead.created'],
      });
      expect(forbidden.status).toBe(400);
      const made = await post(
        '/settings/subscriptions',
        { do: 'create', url: crm.url(), events: ['lead.created', 'task.created'] },
        agent,
      );
      expect(secretOf(made.text)).toMatch(/^whsec_/);
      const id = /\/settings\/subscriptions\/([\w-]+)"/.exec(made.text)?.[1] ?? '';
      const { body } = await service.get(`/api/subscriptions/${id}`);
      expect(body).toMatchObject({ url: crm.url(), events: ['lead.created', 'task.created'] });
      const gone = await post(`/settings/subscriptions/${id}`, { do: 'remove' }, agent);
      expect(gone.location).toBe('/settings/subscriptions?done=subscription_removed');
      expect((await service.get(`/api/subscriptions/${id}`)).status).toBe(404);
    });

    test('that waits is handed nothing, and then everything in order', async () => {
      const { id } = await subscribe(service, crm);
      const path = `/settings/subscriptions/${id}`;
      await emitMany(service, 2);
      await service.service.handOnDue();
      expect((await service.get(`/api/subscriptions/${id}`)).body).toMatchObject({
        last_success_at: new Date(service.runtime.clock.now()).toISOString(),
      });
      await post(path, { do: 'pause' }, agent);
      await emitMany(service, 3, 'lead.created', 2);
      await service.service.handOnDue();
      expect(numbers(crm)).toEqual([0, 1]);
      expect(await page(path)).toContain('since');
      expect(await lastActivity(id)).toMatchObject({
        action: 'subscription.paused',
        actor: { name: 'Agent Example' },
        before: { paused_at: null },
      });
      await post(path, { do: 'resume' }, agent);
      await service.service.handOnDue();
      expect(numbers(crm)).toEqual(upTo(5));
      await post(path, { do: 'remove' });
    });

    test('that waits keeps what had failed, shows it, and tries it again afterwards', async () => {
      crm.behave(status(500));
      const { id } = await subscribe(service, crm);
      await emitMany(service, 1);
      await service.service.handOnDue();
      const failing = await page(`/settings/subscriptions/${id}`);
      expect(failing).toMatch(/lead\.created.*To be tried again/s);
      expect(failing).toContain('failing since');
      expect(await page('/')).toContain('Subscriptions whose receiver does not answer');
      expect((await service.post(`/api/subscriptions/${id}/pause`)).status).toBe(200);
      crm.behave(status(200));
      service.runtime.advance(60_000);
      await service.service.handOnDue();
      expect(crm.requests).toHaveLength(1);
      expect((await service.post(`/api/subscriptions/${id}/resume`)).body).toMatchObject({
        paused_at: null,
      });
      await service.service.handOnDue();
      expect(numbers(crm)).toEqual([0, 0]);
      await post(`/settings/subscriptions/${id}`, { do: 'remove' });
    });

    test('that has ended can only be removed', async () => {
      const { id } = await subscribe(service, crm, ['lead.created'], '/webhook-test/x');
      service.runtime.advance(5 * 60_000);
      expect(await service.post(`/api/subscriptions/${id}/pause`)).toMatchObject({
        status: 409,
        body: { error: 'ended' },
      });
      expect(await page(`/settings/subscriptions/${id}`)).not.toContain('>Disable<');
      expect(await page('/settings/subscriptions?status=ended')).toContain(id);
      await post(`/settings/subscriptions/${id}`, { do: 'remove' });
    });
  });

  test('deliveries are all paused and let go by hand, and the overview says so', async () => {
    const broker = await createBroker(service, { crm_webhook_url: crm.url() });
    await createOrder(service, { broker_id: broker.id });
    await post('/deliveries', { do: 'pause_all' }, agent);
    expect((await service.get('/api/delivery')).body).toEqual({ paused: true });
    await postLead(service, 'paused-1');
    await service.service.deliverDue();
    expect(crm.requests).toHaveLength(0);
    expect(await page('/deliveries')).toContain('All deliveries are paused');
    expect(await page('/')).toContain('All deliveries are paused by hand');
    await post('/deliveries', { do: 'resume_all' }, agent);
    await service.service.deliverDue();
    expect(crm.requests).toHaveLength(1);
    expect(await lastActivity('all')).toMatchObject({
      action: 'deliveries.resumed',
      actor: { name: 'Agent Example' },
      before: { paused: true },
      after: { paused: false },
    });
  });

  test('a member of staff is changed in every field, and made the default owner', async () => {
    await post('/settings/staff', { do: 'create', name: 'First' });
    await post('/settings/staff', { do: 'create', name: 'Second', on_duty: 'true' });
    const { body } = await service.get<{ data: { id: string; name: string }[] }>('/api/staff');
    const id = body.data.find((one) => one.name === 'Second')?.id ?? '';
    const read = async () => (await service.get(`/api/staff/${id}`)).body;
    const bad = await post(`/settings/staff/${id}`, {
      do: 'update',
      version: '1',
      name: 'Second',
      phone: 'not a phone',
    });
    expect([bad.status, bad.text.includes('Phone must be a phone number')]).toEqual([400, true]);
    const done = await post(`/settings/staff/${id}`, {
      do: 'update',
      version: '1',
      name: 'Sam Second',
      email: 'sam@example.com',
      phone: '+1 202 555 0142',
      services: 'Cleaning, Whitening',
      areas: 'North',
      quiet_hours: 'send',
      position: '7',
      alerts_by_text: 'true',
    });
    expect(done.location).toBe(`/settings/staff/${id}?done=saved`);
    expect(await read()).toMatchObject({
      name: 'Sam Second',
      email: 'sam@example.com',
      phone: '+12025550142',
      services: ['Cleaning', 'Whitening'],
      areas: ['North'],
      quiet_hours: 'send',
      position: 7,
      alerts_by_text: true,
      on_duty: false,
      version: 2,
    });
    await post(`/settings/staff/${id}`, { do: 'update', version: '2', name: 'Sam Second' });
    expect(await read()).toMatchObject({ email: null, phone: null, services: [] });
    const { body: businesses } = await service.get<{ data: { id: string; version: number }[] }>(
      '/api/businesses',
    );
    const [business] = businesses.data;
    const owner = await post(`/settings/staff/${id}`, {
      do: 'default_owner',
      business_version: String(business?.version),
    });
    expect(owner.location).toBe(`/settings/staff/${id}?done=saved`);
    expect((await service.get(`/api/businesses/${business?.id}`)).body).toMatchObject({
      default_owner_id: id,
    });
    const log = await page('/activity?subject_type=staff');
    expect(log).toContain(`<a href="/settings/staff/${id}"><bdi>Sam Second</bdi></a>`);
    // Ids in what was changed read as the names of what they are of.
    expect(await page('/activity?subject_type=business')).toMatch(
      /Default owner: <\/span><del><bdi>First<\/bdi><\/del> → <ins><bdi>Sam Second</,
    );
  });
});
