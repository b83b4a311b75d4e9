import { leadOf, type IntakeBody } from '../support/builders.js';
import { DATABASES } from '../support/databases.js';
import {
  createAjv,
  createAnswerCheck,
  OPENAPI_SCHEMA,
  type Json,
  type OpenApi,
} from '../support/openapi.js';
import { startTestService, type TestService } from '../support/service.js';

interface Layer {
  route?: { path: string; methods: Record<string, boolean | undefined> };
  handle: { stack?: Layer[] };
  /** What of an address the layer takes. */
  match(address: string): { path: string } | false;
}

/** Method and path of every route that Express holds below /api. */
function mountedRoutes(service: TestService): string[] {
  const found: string[] = [];
  const walk = (layers: Layer[]): void => {
    for (const { route, handle } of layers) {
      if (route !== undefined) {
        for (const [method, on] of Object.entries(route.methods)) {
          if (on === true && method !== '_all') found.push(`${method} ${route.path}`);
        }
      } else if (handle.stack !== undefined) walk(handle.stack);
    }
  };
  const { router } = service.service.app as unknown as { router: { stack: Layer[] } };
  // The pages of the dashboard are mounted elsewhere and are no part of the API.
  const api = router.stack.filter((layer) => {
    const matched = layer.match('/api/whoami');
    return layer.handle.stack !== undefined && matched !== false && matched.path === '/api';
  });
  walk(api);
  return found;
}

function everyObject(value: unknown, visit: (object: Json) => void): void {
  if (Array.isArray(value)) value.forEach((item) => everyObject(item, visit));
  else if (typeof value === 'object' && value !== null) {
    visit(value as Json);
    Object.values(value).forEach((member) => everyObject(member, visit));
  }
}

describe('the description of the API', () => {
  let service: TestService;
  let document: OpenApi;

  beforeAll(async () => {
    service = await startTestService('sqlite');
    document = (await service.get<OpenApi>('/openapi.json', { key: null })).body;
  });
  afterAll(() => service.stop());

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  test('is OpenAPI 3.1', () => {
    const ajv = createAjv();
    const validate = ajv.compile(OPENAPI_SCHEMA);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('holds schemas that are JSON Schema 2020-12', () => {
    const ajv = createAjv();
    const schemas: Json[] = Object.values(document.components.schemas);
    for (const { operation } of operations()) {
      schemas.push(...operation.parameters.map((parameter) => parameter.schema));
      for (const part of [operation.requestBody, ...Object.values(operation.responses)]) {
        for (const media of Object.values(part?.content ?? {})) schemas.push(media.schema);
      }
    }
    expect(schemas.length).toBeGreaterThan(50);
    for (const schema of schemas) {
      ajv.validateSchema(schema);
      expect(ajv.errors ?? []).toEqual([]);
    }
  });

  test('refers only to what it holds', () => {
    const refs: string[] = [];
    everyObject(document, (object) => {
      if (typeof object.$ref === 'string') refs.push(object.$ref);
    });
    expect(refs.length).toBeGreaterThan(0);
    for (const ref of new Set(refs)) {
      const target = ref
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((at, name) => (at as Json | undefined)?.[name], document);
      expect([ref, target]).toEqual([ref, expect.any(Object)]);
    }
  });

  test('names every operation once and declares the parameters of every path', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, method, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect([method, path, declared.map((parameter) => parameter.name)]).toEqual([
        method,
        path,
        inPath,
      ]);
      const names = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('describes every route that is mounted, and no other', () => {
    const described = operations().map(
      ({ path, method }) => `${method} ${path.replace(/^\/api/, '').replace(/\{(\w+)\}/g, ':$1')}`,
    );
    expect(described.sort()).toEqual(mountedRoutes(service).sort());
  });

  test('says what a lead of a batch is, and what comes back for it', () => {
    const operation = document.paths['/api/leads/incoming/batch']?.post;
    const body = operation?.requestBody?.content['application/json']?.schema as {
      properties: { leads: { items: Json } };
    };
    expect(body.properties.leads.items).toMatchObject({ required: ['ghl_contact_id'] });
    const answer = operation?.responses['200']?.content?.['application/json']?.schema as {
      properties: { results: { items: { anyOf: unknown[] } } };
    };
    expect(answer.properties.results.items.anyOf.length).toBeGreaterThan(1);
  });
});

describe.each(DATABASES)('what the API answers on %s', (database) => {
  test('is what its description says', async () => {
    const service = await startTestService(database);
    try {
      const { body: document } = await service.get<OpenApi>('/openapi.json');
      const check = createAnswerCheck(document);
      const problems: string[] = [];
      const seen = new Set<string>();
      const call = async <T = { id: string }>(
        method: string,
        path: string,
        body?: unknown,
      ): Promise<T> => {
        const answer = await service.call<T>(method, path, body);
        seen.add(`${method} ${answer.status}`);
        problems.push(...check(method, path, answer.status, answer.body));
        return answer.body;
      };
      const broker = await call('POST', '/api/brokers', {
        name: 'Example',
        crm_webhook_url: 'https://crm.example.com/in',
        crm_headers: { 'x-a': 'b' },
        contact_hours: 'custom',
        custom_hours: [{ days: [1], start: '22:00', end: '02:00' }],
        dates_off: ['2026-12-25'],
        rate_limit_per_minute: 5,
      });
      const order = await call('POST', '/api/orders', {
        broker_id: broker.id,
        name: 'x',
        verticals: ['MCA'],
        total_leads: 2,
        order_type: 'monthly',
        loan_min: 1.5,
        bonus_mode: true,
      });
      const other = await call('POST', '/api/orders', {
        broker_id: broker.id,
        name: 'y',
        verticals: ['SBA'],
        total_leads: 1,
      });
      const incoming = '/api/leads/incoming';
      const assigned = await call<IntakeBody>(
        'POST',
        incoming,
        leadOf({ phone: '2025550123', first_name: 'Pat' }),
      );
      const again = leadOf({ vertical: 'Other', ghl_contact_id: 'again' });
      const waiting = await call<IntakeBody>('POST', incoming, again);
      await call('POST', incoming, again);
      await call('POST', incoming, leadOf({ credit_score: 400 }));
      await call('POST', incoming, {});
      await call('POST', `${incoming}/batch`, {
        leads: [leadOf(), {}, leadOf({ funding_amount: 0 }), again],
      });
      await call('POST', `${incoming}/batch`, { leads: [] });
      await call('PATCH', '/api/leads/update', { ghl_contact_id: 'again', credit_score: 650 });
      await call('PATCH', '/api/leads/update', { ghl_contact_id: 'nobody' });
      await call('PATCH', '/api/leads/update', { ghl_contact_id: 'again', status: 'x' });
      await call('GET', '/api/leads/lookup?phone=2025550123');
      await call('GET', '/api/leads/lookup?phone=2025550199');
      await call('GET', '/api/leads/lookup');
      await call('GET', '/api/leads?limit=2');
      await call('GET', '/api/leads?limit=0');
      await call('GET', '/api/unassigned');
      for (const { lead_id } of [assigned, waiting]) {
        await call('GET', `/api/leads/${lead_id}`);
        await call('GET', `/api/leads/${lead_id}/routing-logs`);
      }
      await call('POST', `/api/leads/${waiting.lead_id}/reroute`);
      await call('POST', `/api/leads/${waiting.lead_id}/assign`, { order_id: other.id });
      await call('POST', `/api/leads/${waiting.lead_id}/assign`, { order_id: other.id });
      await call('POST', `/api/leads/${assigned.lead_id}/reassign`, {
        order_id: other.id,
        override_capacity: true,
      });
      await call('POST', '/api/routing/simulate', {
        lead: { vertical: 'MCA', funding_amount: 5, credit_score: 700 },
      });
      await call('POST', '/api/routing/simulate', { lead: {} });
      const backtest = await call('POST', '/api/routing/backtest', {
        from: '2026-01-01T00:00:00Z',
        changes: [{ order_id: order.id, credit_score_min: 650, loan_min: null }],
      });
      await call('POST', '/api/routing/backtest', {});
      const backtests = '/api/routing/backtests';
      await call('GET', backtests);
      await call('GET', `${backtests}/${backtest.id}`);
      await call('GET', `${backtests}/${backtest.id}/differences`);
      await call('DELETE', `${backtests}/${backtest.id}`);
      for (const path of [
        '/api/brokers',
        `/api/brokers/${broker.id}`,
        '/api/orders',
        `/api/orders/${order.id}`,
      ]) {
        await call('GET', path);
      }
      await call('PATCH', `/api/brokers/${broker.id}`, { version: 1, company: 'Example LLC' });
      await call('PATCH', `/api/orders/${order.id}`, { version: 99, name: 'z' });
      await call('PATCH', `/api/orders/${order.id}`, { version: 1, name: 'z' });
      for (const verb of ['pause', 'resume'])
        await call('POST', `/api/brokers/${broker.id}/${verb}`);
      for (const verb of ['pause', 'resume', 'complete', 'pause', 'cancel']) {
        await call('POST', `/api/orders/${order.id}/${verb}`);
      }
      await call('GET', '/api/orders/01900000-0000-7000-8000-000000000000');
      const key = await call('POST', '/api/api-keys', {
        name: 'x',
        scopes: ['read'],
        broker_ids: [broker.id],
      });
      await call('GET', '/api/api-keys');
      await call('POST', `/api/api-keys/${key.id}/revoke`);
      await call('GET', '/api/whoami');
      await call('GET', '/api/activity?limit=200');
      expect(problems).toEqual([]);
      // The sample must not have gone astray: every kind of answer was seen.
      expect([...seen].sort()).toEqual([
        'DELETE 200',
        'GET 200',
        'GET 400',
        'GET 404',
        'GET 409',
        'PATCH 200',
        'PATCH 400',
        'PATCH 404',
        'PATCH 409',
        'POST 200',
        'POST 201',
        'POST 202',
        'POST 400',
        'POST 409',
      ]);
    } finally {
      await service.stop();
    }
  });
});
