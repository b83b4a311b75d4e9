import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { LeadLoopApi } from '../../credentials/LeadLoopApi.credentials.js';
import { startTestService, type TestService } from '../support/service.js';
import { ADMIN_KEY } from '../support/service.js';
import { authenticated, startEngine, type Engine } from './support/engine.js';

const credential = new LeadLoopApi();

interface Rule {
  type: string;
  properties: { value?: unknown; key?: string; message: string };
}
const rules = credential.test.rules as unknown as Rule[];

describe('the form', () => {
  test('masks the API key and nothing else', () => {
    const masked = credential.properties.filter(
      ({ typeOptions }) => typeOptions?.password === true,
    );
    expect(masked.map(({ name }) => name)).toEqual(['apiKey']);
  });

  test('starts with the address of a service on the same machine and tells Docker users more', () => {
    const [baseUrl] = credential.properties;
    expect(baseUrl?.default).toBe('http://localhost:4100');
    expect(baseUrl?.description).toContain('host.docker.internal');
  });
});

describe('the test against a real service', () => {
  let service: TestService;
  let engine: Engine;
  beforeAll(async () => {
    service = await startTestService('sqlite');
    engine = await startEngine();
  });
  afterAll(() => service.stop());

  /** What n8n shows for a credential: it asks, then takes the first rule that fits. */
  async function verdict(given: IDataObject): Promise<string> {
    const workflow = engine.workflowOf({
      nodes: [{ name: 'Start', type: 'test.start' }],
      connections: {},
    });
    const evaluate = (value: string): string =>
      String(
        workflow.expression.getSimpleParameterValue(
          workflow.getNode('Start') as never,
          value,
          'internal',
          { $credentials: given } as never,
        ),
      );
    const { request } = credential.test;
    const asked = await authenticated(engine.loader, given as ICredentialDataDecryptedObject, {
      url: `${evaluate(String(request.baseURL))}${request.url ?? ''}`,
    });
    const response = await fetch(asked.url, {
      headers: asked.headers as Record<string, string>,
      redirect: request.disableFollowRedirect === true ? 'manual' : 'follow',
    });
    const byStatus = rules.find(
      ({ type, properties }) => type === 'responseCode' && properties.value === response.status,
    );
    if (byStatus !== undefined) return byStatus.properties.message;
    if (!response.ok) return response.statusText;
    const body = (await response.json()) as Record<string, unknown>;
    const byBody = rules.find(
      ({ type, properties }) =>
        type === 'responseSuccessBody' && body[properties.key ?? ''] === properties.value,
    );
    return byBody?.properties.message ?? 'OK';
  }

  test.each(['', '/', '//', '/api', '/api/', ' '])(
    'accepts the right key at an address that ends in %j',
    async (end) => {
      expect(await verdict({ baseUrl: `${service.address}${end}`, apiKey: ` ${ADMIN_KEY} ` })).toBe(
        'OK',
      );
    },
  );

  test('says that the key is wrong', async () => {
    expect(await verdict({ baseUrl: service.address, apiKey: 'll_x_y' })).toMatch(
      /does not know this API key/,
    );
  });

  test.each([301, 302, 303, 307, 308])(
    'says that the address points elsewhere (%i), and sends the key no further',
    async (status) => {
      const asked: string[] = [];
      const server = createServer((incoming, outgoing) => {
        asked.push(incoming.url ?? '');
        outgoing.writeHead(status, { location: `${service.address}/api/whoami` }).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      expect(await verdict({ baseUrl: `http://127.0.0.1:${port}/old`, apiKey: ADMIN_KEY })).toMatch(
        /points to another address/,
      );
      expect(asked).toEqual(['/old/api/whoami']);
      await new Promise((resolve) => server.close(resolve));
    },
  );

  test('says that nothing is there, or something else is', async () => {
    expect(await verdict({ baseUrl: `${service.address}/elsewhere`, apiKey: ADMIN_KEY })).toMatch(
      /no LeadLoop service at this base URL/,
    );
    const other = rules.find(({ type }) => type === 'responseSuccessBody');
    expect(other?.properties).toMatchObject({ key: 'service', value: undefined });
  });

  test('has a sentence for a key without the scope', () => {
    const forbidden = rules.find(({ properties }) => properties.value === 403);
    expect(forbidden?.properties.message).toMatch(/lacks the scope/);
  });
});

test('SSL issues are ignored in the test exactly when they are in requests', async () => {
  expect(credential.test.request.skipSslCertificateValidation).toBe(
    '={{$credentials.ignoreSslIssues}}',
  );
  const { loader } = await startEngine();
  const asked = (ignoreSslIssues: unknown) =>
    authenticated(loader, { apiKey: 'll_1', ignoreSslIssues } as never, {
      url: 'https://leads.example.com',
      headers: { Accept: 'text/plain' },
    });
  expect(await asked(true)).toEqual({
    url: 'https://leads.example.com',
    headers: { Accept: 'text/plain', Authorization: 'Bearer ll_1' },
    skipSslCertificateValidation: true,
  });
  expect(await asked(false)).toMatchObject({ skipSslCertificateValidation: false });
  expect(await asked(undefined)).toMatchObject({ skipSslCertificateValidation: false });
});
