import { getPage, postForm, signedIn, type Person } from '../../support/dashboard.js';
import { createOrder, rowCounts } from '../../support/seed.js';
import { populate, screensOf, type Populated } from '../../support/populate.js';
import { startTestService, type TestService } from '../../support/service.js';

/** Every form of the dashboard with what it may be sent, and the least role that may. */
function formsOf(
  seeded: Populated,
  user: string,
): [path: string, fields: Record<string, string>, least: 'agent' | 'admin'][] {
  const { leadId, waitingId, orderId, brokerId, deliveryId, taskId, businessId, callerId } = seeded;
  const { appointmentId, formId, subscriptionId, staffId, mergedId, backtestId } = seeded;
  const later = '2027-03-01T10:00';
  const id = '01900000-0000-7000-8000-000000000000';
  return [
    [`/leads/${waitingId}`, { do: 'assign', lead_id: waitingId, order_id: orderId }, 'agent'],
    [`/leads/${leadId}`, { do: 'reassign', lead_id: leadId, order_id: orderId }, 'agent'],
    [`/leads/${waitingId}`, { do: 'reroute' }, 'agent'],
    [`/leads/${leadId}`, { do: 'retry_delivery', delivery_id: deliveryId }, 'agent'],
    ['/unassigned', { do: 'assign', lead_id: waitingId, order_id: orderId }, 'agent'],
    [`/deliveries/${deliveryId}`, { do: 'retry' }, 'agent'],
    [`/deliveries/${deliveryId}`, { do: 'cancel' }, 'agent'],
    [`/orders/${orderId}`, { do: 'pause' }, 'agent'],
    [`/orders/${orderId}`, { do: 'resume' }, 'agent'],
    [`/orders/${orderId}`, { do: 'complete' }, 'admin'],
    [`/orders/${orderId}`, { do: 'cancel' }, 'admin'],
    [`/orders/${orderId}`, { do: 'update', version: '1', name: 'Other' }, 'admin'],
    [
      '/orders/new',
      { do: 'create', broker_id: brokerId, name: 'x', verticals: 'MCA', total_leads: '1' },
      'admin',
    ],
    ['/brokers/new', { do: 'create', name: 'x', contact_hours: 'anytime' }, 'admin'],
    [`/brokers/${brokerId}`, { do: 'pause' }, 'agent'],
    [`/brokers/${brokerId}`, { do: 'resume' }, 'agent'],
    [`/brokers/${brokerId}`, { do: 'pause_deliveries' }, 'agent'],
    [`/brokers/${brokerId}`, { do: 'resume_deliveries' }, 'agent'],
    [`/brokers/${brokerId}`, { do: 'test_webhook' }, 'agent'],
    [`/brokers/${brokerId}`, { do: 'replay' }, 'agent'],
    [`/brokers/${brokerId}`, { do: 'rotate_secret' }, 'admin'],
    [`/brokers/${brokerId}`, { do: 'update', version: '1', name: 'Other' }, 'admin'],
    [`/leads/${callerId}`, { do: 'merge', suggestion_id: id }, 'agent'],
    [`/leads/${callerId}`, { do: 'keep_apart', suggestion_id: id }, 'agent'],
    [`/leads/${leadId}`, { do: 'edit', version: '1', first_name: 'Other' }, 'admin'],
    [`/leads/${callerId}`, { do: 'text', body: 'Hello' }, 'agent'],
    [`/leads/${callerId}`, { do: 'distribute', vertical: 'MCA', funding_amount: '50000' }, 'agent'],
    [`/leads/${callerId}`, { do: 'book', scheduled_at: later }, 'agent'],
    [`/leads/${mergedId}`, { do: 'task' }, 'agent'],
    [`/leads/${mergedId}`, { do: 'unmerge' }, 'agent'],
    [`/appointments/${appointmentId}`, { do: 'completed', version: '1' }, 'agent'],
    [`/appointments/${appointmentId}`, { do: 'no_show', version: '1' }, 'agent'],
    [`/appointments/${appointmentId}`, { do: 'cancelled', version: '1' }, 'agent'],
    [`/appointments/${appointmentId}`, { do: 'scheduled', version: '1' }, 'agent'],
    [
      `/appointments/${appointmentId}`,
      { do: 'change', version: '1', scheduled_at: later, service_type: 'Other' },
      'agent',
    ],
    [`/leads/${leadId}`, { do: 'erase' }, 'admin'],
    ['/backtests', { do: 'ask', from: '2026-03-01' }, 'agent'],
    [`/backtests/${backtestId}`, { do: 'cancel' }, 'agent'],
    ['/deliveries', { do: 'pause_all' }, 'agent'],
    ['/deliveries', { do: 'resume_all' }, 'agent'],
    [`/tasks/${taskId}`, { do: 'claim', version: '1', staff_id: id }, 'agent'],
    [`/tasks/${taskId}`, { do: 'complete', version: '1', outcome: 'voicemail' }, 'agent'],
    [`/tasks/${taskId}`, { do: 'snooze', version: '1', hours: '1' }, 'agent'],
    [`/tasks/${taskId}`, { do: 'reassign', version: '1', owner_id: id }, 'agent'],
    [`/tasks/${taskId}`, { do: 'cancel', version: '1' }, 'agent'],
    ['/messages/suppressions', { do: 'add', phone: '+12025550150', reason: 'x' }, 'agent'],
    ['/messages/suppressions', { do: 'lift', suppression_id: id, reason: 'x' }, 'agent'],
    ['/settings/providers', { do: 'pause', name: 'twilio' }, 'agent'],
    ['/settings/providers', { do: 'resume', name: 'twilio' }, 'agent'],
    ['/settings/businesses', { do: 'create', name: 'x' }, 'admin'],
    [`/settings/businesses/${businessId}`, { do: 'update', version: '3', name: 'x' }, 'admin'],
    [`/settings/businesses/${businessId}`, { do: 'preview' }, 'admin'],
    ['/settings/staff', { do: 'create', name: 'x' }, 'admin'],
    ['/settings/staff', { do: 'duty', staff_id: id, version: '1', on_duty: 'false' }, 'admin'],
    ['/settings/staff', { do: 'rules', count: '0', version: '0' }, 'admin'],
    [`/settings/staff/${staffId}`, { do: 'update', version: '1', name: 'Other' }, 'admin'],
    [`/settings/staff/${staffId}`, { do: 'default_owner', business_version: '3' }, 'admin'],
    ['/settings/thresholds', { do: 'update', version: '0', CREDIT_FLOOR: '610' }, 'admin'],
    ['/settings/forms', { do: 'create', form_id: 'other', name: 'Other' }, 'admin'],
    [`/settings/forms/${formId}`, { do: 'update', version: '1', name: 'Other' }, 'admin'],
    [`/settings/forms/${formId}`, { do: 'new_secret', version: '1' }, 'admin'],
    [`/settings/forms/${formId}`, { do: 'remove_secret', version: '1' }, 'admin'],
    [`/settings/forms/${formId}`, { do: 'disable', version: '1' }, 'admin'],
    [`/settings/forms/${formId}`, { do: 'enable', version: '1' }, 'admin'],
    [
      '/settings/subscriptions',
      { do: 'create', url: 'https://example.com/hook', events: 'lead.created' },
      'agent',
    ],
    [`/settings/subscriptions/${subscriptionId}`, { do: 'pause' }, 'agent'],
    [`/settings/subscriptions/${subscriptionId}`, { do: 'resume' }, 'agent'],
    [`/settings/subscriptions/${subscriptionId}`, { do: 'remove' }, 'agent'],
    ['/settings/keys', { do: 'create', name: 'x', scopes: 'admin' }, 'admin'],
    ['/settings/keys', { do: 'revoke', key_id: id }, 'admin'],
    [
      '/settings/users',
      { do: 'invite', name: 'x', email: 'x@example.com', role: 'admin' },
      'admin',
    ],
    ['/settings/users', { do: 'new_link', user_id: user }, 'admin'],
    ['/settings/users', { do: 'change_role', user_id: user, role: 'admin' }, 'admin'],
    ['/settings/users', { do: 'disable', user_id: user }, 'admin'],
    ['/settings/users', { do: 'enable', user_id: user }, 'admin'],
  ];
}

/** What the forms change beside leads and orders. */
const OTHER_TABLES = [
  'appointments',
  'businesses',
  'forms',
  'messages',
  'ownership_rules',
  'providers',
  'response_leads',
  'settings',
  'staff',
  'subscriptions',
  'suppressions',
  'tasks',
] as const;

describe('who may do what', () => {
  let service: TestService;
  let seeded: Populated;
  let people: Record<'admin' | 'agent' | 'viewer', Person>;

  const everything = async () => {
    // Orders that were made or resumed have waiting leads tried again beside the request.
    await service.service.retriesIdle();
    return {
      counts: await rowCounts(service.store),
      users: await service.store.db.selectFrom('users').selectAll().orderBy('id').execute(),
      links: await service.store.db.selectFrom('sign_in_links').select('id').execute(),
      keys: await service.store.db.selectFrom('api_keys').selectAll().execute(),
      ...Object.fromEntries(
        await Promise.all(
          OTHER_TABLES.map(async (table) => [
            table,
            await service.store.db.selectFrom(table).selectAll().execute(),
          ]),
        ),
      ),
      orders: await service.store.db.selectFrom('orders').selectAll().orderBy('id').execute(),
      brokers: await service.store.db.selectFrom('brokers').selectAll().orderBy('id').execute(),
      secrets: await service.store.db.selectFrom('broker_secrets').selectAll().execute(),
      leads: await service.store.db.selectFrom('leads').selectAll().orderBy('id').execute(),
      deliveries: await service.store.db
        .selectFrom('deliveries')
        .selectAll()
        .orderBy('id')
        .execute(),
    };
  };

  beforeAll(async () => {
    service = await startTestService('sqlite');
    seeded = await populate(service);
    people = {
      admin: await signedIn(service, 'admin'),
      agent: await signedIn(service, 'agent'),
      viewer: await signedIn(service, 'viewer'),
    };
  });
  afterAll(() => service.stop());

  test('a viewer can send no form at all, and nothing changes', async () => {
    const before = await everything();
    for (const [path, fields] of formsOf(seeded, people.agent.user.id)) {
      const { status } = await postForm(service, path, fields, people.viewer.cookie);
      expect([path, fields.do, status]).toEqual([path, fields.do, 403]);
    }
    expect(await everything()).toEqual(before);
  });

  test('an agent can send none of the forms for admins, and nothing changes', async () => {
    const before = await everything();
    for (const [path, fields, least] of formsOf(seeded, people.viewer.user.id)) {
      if (least === 'agent') continue;
      const { status } = await postForm(service, path, fields, people.agent.cookie);
      expect([path, fields.do, status]).toEqual([path, fields.do, 403]);
    }
    expect(await everything()).toEqual(before);
  });

  test('a viewer is shown no form but the theme, the sign-out and the filters', async () => {
    for (const [name, path] of Object.entries(screensOf(seeded))) {
      const page = await getPage(service, path, people.viewer.cookie);
      const forms = [...page.text.matchAll(/<form method="post" action="([^"]*)"/g)].map(
        (match) => match[1],
      );
      expect([name, forms]).toEqual([name, ['/theme', '/sign-out']]);
    }
  });

  test('no form can be sent from another site, whoever is signed in', async () => {
    const before = await everything();
    const senders: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: service.address, 'sec-fetch-site': 'cross-site' },
      { origin: service.address, 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      {},
    ];
    for (const headers of senders) {
      for (const [path, fields] of formsOf(seeded, people.viewer.user.id)) {
        const { status } = await postForm(service, path, fields, people.admin.cookie, headers);
        expect([path, fields.do, status]).toEqual([path, fields.do, 403]);
      }
      for (const path of ['/sign-in', '/sign-out', '/theme']) {
        const fields = { do: 'sign_in', email: 'a@example.com', password: 'x', theme: 'dark' };
        const answer = await postForm(service, path, fields, people.admin.cookie, headers);
        expect([path, answer.status, answer.cookies]).toEqual([path, 403, []]);
      }
    }
    expect(await everything()).toEqual(before);
    expect((await getPage(service, '/', people.admin.cookie)).status).toBe(200);
  });

  test('a form from the service itself goes through, by either proof', async () => {
    const order = await createOrder(service);
    const post = (fields: Record<string, string>, headers: Record<string, string>) =>
      postForm(service, `/orders/${order.id}`, fields, people.agent.cookie, headers);
    expect((await post({ do: 'pause' }, { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
    expect((await post({ do: 'resume' }, { origin: service.address })).status).toBe(303);
  });

  test('nothing is changed by asking for a page', async () => {
    const before = await everything();
    for (const [path, fields] of formsOf(seeded, people.viewer.user.id)) {
      const query = new URLSearchParams(fields).toString();
      await getPage(service, `${path}?${query}`, people.admin.cookie);
    }
    expect(await everything()).toEqual(before);
  });

  test("the session's cookie opens no API route, and an API key opens no page", async () => {
    const api = await service.get('/api/orders', {
      key: null,
      headers: { cookie: people.admin.cookie },
    });
    expect(api.status).toBe(401);
    const page = await getPage(service, '/orders', undefined, {
      authorization: 'Bearer test-admin-key-0123456789abcdef',
    });
    expect(page.status).toBe(303);
  });

  test('pages forbid scripts inside them, frames and keeping copies', async () => {
    for (const path of ['/', '/sign-in', '/docs', '/leads']) {
      const { headers, text } = await getPage(service, path, people.admin.cookie);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(text).not.toMatch(/<script(?![^>]*\ssrc="\/assets\/)/);
      expect(text).not.toMatch(/\s(style|on[a-z]+)="/);
    }
  });

  test('the last admin can be neither demoted nor disabled', async () => {
    const changes: Record<string, string>[] = [
      { do: 'change_role', role: 'viewer' },
      { do: 'disable' },
    ];
    for (const fields of changes) {
      const answer = await postForm(
        service,
        '/settings/users',
        { ...fields, user_id: people.admin.user.id },
        people.admin.cookie,
      );
      expect(answer.status).toBe(409);
      expect(answer.text).toContain('This is the last admin.');
    }
  });

  test('an unknown form or page is refused in words', async () => {
    const form = await postForm(service, '/unassigned', { do: 'constructor' }, people.admin.cookie);
    expect(form.status).toBe(400);
    const page = await getPage(service, '/nowhere', people.admin.cookie);
    expect(page).toMatchObject({ status: 404 });
    expect(page.text).toContain('There is no page at this address.');
    const lead = await getPage(
      service,
      '/leads/01900000-0000-7000-8000-000000000000',
      people.admin.cookie,
    );
    expect(lead).toMatchObject({ status: 404 });
  });
});
