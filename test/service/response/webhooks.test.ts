import { generateKeyPairSync, sign } from 'node:crypto';

import twilio from 'twilio';

import { DATABASES } from '../../support/databases.js';
import {
  ANN,
  BUSINESS_PHONE,
  GHL_SECRET,
  newSid,
  PUBLIC_URL,
  startResponse,
  type ResponseService,
} from './support.js';

const PATHS = {
  call: '/api/webhooks/twilio',
  text: '/api/webhooks/twilio/messages',
  status: '/api/webhooks/twilio/message-status?mid=none',
};

const PARAMS = {
  call: { CallSid: newSid(), From: ANN, To: BUSINESS_PHONE, CallStatus: 'no-answer' },
  text: { MessageSid: newSid('SM'), From: ANN, To: BUSINESS_PHONE, Body: 'hello' },
  status: { MessageSid: newSid('SM'), MessageStatus: 'sent' },
};

const keys = generateKeyPairSync('ed25519');
const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

describe.each(DATABASES)('webhooks on %s', (database) => {
  let service: ResponseService;

  beforeAll(async () => {
    service = await startResponse(database, { env: { GHL_PUBLIC_KEY: publicKey } });
  });
  afterAll(() => service.stop());

  const stored = async (): Promise<unknown[]> =>
    service.store.db.selectFrom('source_events').selectAll().execute();

  const post = (
    path: string,
    params: Record<string, string>,
    signature: string | null,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(`${service.address}${path}`, {
      method: 'POST',
      headers: { ...(signature === null ? {} : { 'X-Twilio-Signature': signature }), ...headers },
      body: new URLSearchParams(params),
    });

  const signed = (url: string, params: Record<string, string>, token = service.twilio.authToken) =>
    twilio.getExpectedTwilioSignature(token, url, params);

  describe.each(Object.keys(PATHS) as (keyof typeof PATHS)[])('a forged %s of Twilio', (kind) => {
    const path = PATHS[kind];
    const params: Record<string, string> = PARAMS[kind];
    const url = `${PUBLIC_URL}${path}`;

    test.each([
      ['without a signature', () => post(path, params, null)],
      [
        'with the signature of another token',
        () => post(path, params, signed(url, params, 'other')),
      ],
      [
        'with an altered parameter',
        () => post(path, { ...params, From: '+12025550199' }, signed(url, params)),
      ],
      ['with a parameter added', () => post(path, { ...params, Extra: '1' }, signed(url, params))],
      [
        'signed for another path',
        () => post(path, params, signed(`${PUBLIC_URL}/api/webhooks/other`, params)),
      ],
      [
        'signed for another query',
        () => post(path, params, signed(`${url}${url.includes('?') ? '&' : '?'}a=1`, params)),
      ],
      [
        'signed for the address it was really sent to',
        () => post(path, params, signed(`${service.address}${path}`, params)),
      ],
      [
        'with proxy headers that name another host',
        () =>
          post(path, params, signed(`https://evil.example.com${path}`, params), {
            'X-Forwarded-Host': 'evil.example.com',
            'X-Forwarded-Proto': 'https',
            Forwarded: 'host=evil.example.com;proto=https',
          }),
      ],
      [
        'as JSON that the signature says nothing about',
        () =>
          fetch(`${service.address}${path}`, {
            method: 'POST',
            headers: {
              'X-Twilio-Signature': signed(url, {}),
              'content-type': 'application/json',
            },
            body: JSON.stringify(params),
          }),
      ],
    ])('%s is refused and leaves nothing but a count', async (_name, send) => {
      const before = await refused(service, 'twilio');
      const answer = await send();
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ error: 'invalid_signature' });
      expect(await stored()).toEqual([]);
      expect(await service.leads()).toEqual([]);
      expect(await refused(service, 'twilio')).toBe(before + 1);
    });
  });

  test('a forged GHL event is refused: no proof, wrong secret, altered body, another key', async () => {
    const body = JSON.stringify({ phone_number: ANN, contact_name: 'Ann Example' });
    const other = generateKeyPairSync('ed25519');
    const attempts: Record<string, string>[] = [
      {},
      { 'X-LeadLoop-Secret': 'wrong' },
      { 'X-LeadLoop-Secret': '' },
      {
        'X-GHL-Signature': sign(null, Buffer.from(`${body} `), keys.privateKey).toString('base64'),
      },
      { 'X-GHL-Signature': sign(null, Buffer.from(body), other.privateKey).toString('base64') },
      // A wrong signature is not made good by the right secret beside it.
      { 'X-GHL-Signature': 'AAAA', 'X-LeadLoop-Secret': GHL_SECRET },
    ];
    for (const headers of attempts) {
      const answer = await service.request('POST', '/api/webhooks/ghl', undefined, {
        key: null,
        raw: body,
        headers,
      });
      expect(answer).toMatchObject({ status: 403, body: { error: 'invalid_signature' } });
    }
    expect(await stored()).toEqual([]);
  });

  test('an API key does not stand in for the proof of a provider', async () => {
    const answer = await service.post('/api/webhooks/ghl', { phone_number: ANN });
    expect(answer.status).toBe(403);
  });

  test('a proof that a workflow passes on must verify', async () => {
    const params = { ...PARAMS.call, CallSid: newSid() };
    const url = 'https://n8n.example.com/webhook/missed-call';
    const bad = [
      { provider: 'twilio', provider_proof: { signature: 'AAAA', url, params } },
      {
        provider: 'twilio',
        provider_proof: {
          signature: signed(url, params),
          url,
          params: { ...params, From: '+12025550199' },
        },
      },
      {
        provider: 'ghl',
        provider_proof: {
          signature: 'AAAA',
          raw_body_base64: Buffer.from('{}').toString('base64'),
        },
      },
    ];
    for (const body of bad) {
      const answer = await service.post('/api/calls/missed', { ...body, params });
      expect(answer).toMatchObject({ status: 403, body: { error: 'invalid_signature' } });
    }
    expect(await stored()).toEqual([]);
    const good = await service.post<{ lead_id: string }>('/api/calls/missed', {
      provider: 'twilio',
      // What is verified counts, not what stands beside it.
      params: { ...params, From: '+12025550199' },
      provider_proof: { signature: signed(url, params), url, params },
    });
    expect(good).toMatchObject({ status: 200, body: { missed: true } });
    const [event] = await service.timeline(good.body.lead_id);
    expect(event?.data).toMatchObject({ verified_by: 'signature' });
    expect((await service.get(`/api/leads/${good.body.lead_id}`)).body).toMatchObject({
      phone: ANN,
    });
  });

  test('a GHL event passed on is read from its signed bytes', async () => {
    const raw = Buffer.from(JSON.stringify({ phone_number: '+12025550161', event_id: 'e-1' }));
    const answer = await service.post<{ lead_id: string }>('/api/calls/missed', {
      provider: 'ghl',
      provider_proof: {
        signature: sign(null, raw, keys.privateKey).toString('base64'),
        raw_body_base64: raw.toString('base64'),
      },
    });
    expect(answer).toMatchObject({ status: 200, body: { missed: true, created: true } });
    const [event] = await service.timeline(answer.body.lead_id);
    expect(event?.data).toMatchObject({ verified_by: 'signature', raw: raw.toString('utf8') });
  });

  test('without a proof the key is one, and the event says so', async () => {
    const answer = await service.missed('+12025550162');
    const [event] = await service.timeline(answer.lead_id ?? '');
    expect(event?.data).toMatchObject({ verified_by: 'key' });
  });

  test('a signed webhook that is replayed is answered alike and does nothing again', async () => {
    const params = {
      CallSid: newSid(),
      From: '+12025550163',
      To: BUSINESS_PHONE,
      CallStatus: 'busy',
    };
    const url = `${PUBLIC_URL}${PATHS.call}`;
    const before = (await service.leads()).length;
    for (let time = 0; time < 3; time += 1) {
      const answer = await post(PATHS.call, params, signed(url, params));
      expect(await answer.text()).toBe('<Response/>');
      service.runtime.advance(60_000);
    }
    expect(await service.leads()).toHaveLength(before + 1);
    const events = await service.store.db
      .selectFrom('source_events')
      .selectAll()
      .where('call_key', '=', `twilio:${params.CallSid}`)
      .execute();
    expect(events).toHaveLength(1);
    expect(new URLSearchParams(events[0]?.raw).get('From')).toBe('+12025550163');
  });

  test('JSON callbacks of Twilio are taken when their hash is signed', async () => {
    const body = JSON.stringify({
      CallSid: newSid(),
      From: '+12025550164',
      To: BUSINESS_PHONE,
      CallStatus: 'busy',
    });
    const path = `${PATHS.call}?bodySHA256=${twilio.getExpectedBodyHash(body)}`;
    const headers = {
      'X-Twilio-Signature': signed(`${PUBLIC_URL}${path}`, {}),
      'content-type': 'application/json',
    };
    const send = (content: string) =>
      fetch(`${service.address}${path}`, { method: 'POST', headers, body: content });
    expect((await send(body.replace('0164', '0165'))).status).toBe(403);
    expect((await send(body)).status).toBe(200);
    expect(await service.leads()).toEqual(
      expect.arrayContaining([expect.objectContaining({ phone: '+12025550164' })]),
    );
  });

  test('GHL: a signed event, or one with the shared secret, becomes a lead once', async () => {
    const body = { phone_number: '+12025550166', contact_name: 'Cy Example', contact_id: 'c-1' };
    const raw = JSON.stringify(body);
    const bySignature = await service.request<{ lead_id: string }>(
      'POST',
      '/api/webhooks/ghl',
      undefined,
      {
        key: null,
        raw,
        headers: {
          'X-GHL-Signature': sign(null, Buffer.from(raw), keys.privateKey).toString('base64'),
        },
      },
    );
    expect(bySignature).toMatchObject({ status: 200, body: { missed: true, created: true } });
    // The same phone within two minutes is the same event, whichever way it comes.
    const bySecret = await service.request<{ lead_id: string }>('POST', '/api/webhooks/ghl', body, {
      key: null,
      headers: { 'X-LeadLoop-Secret': GHL_SECRET },
    });
    expect(bySecret.body).toEqual({ ...bySignature.body, repeated: true });
    service.runtime.advance(200_000);
    const later = await service.request<{ lead_id: string }>('POST', '/api/webhooks/ghl', body, {
      key: null,
      headers: { 'X-LeadLoop-Secret': GHL_SECRET },
    });
    expect(later.body).toMatchObject({ lead_id: bySignature.body.lead_id, created: false });
  });

  test('GHL: a contact id finds the lead and never an event', async () => {
    const send = (body: Record<string, unknown>) =>
      service.request<{ lead_id: string; created: boolean }>('POST', '/api/webhooks/ghl', body, {
        key: null,
        headers: { 'X-LeadLoop-Secret': GHL_SECRET },
      });
    const one = await send({ phone: '+12025550167', contact_id: 'c-9', event_id: 'ev-1' });
    const two = await send({ phone: '+12025550168', contact_id: 'c-9', event_id: 'ev-2' });
    expect(one.body.created).toBe(true);
    expect(two.body).toMatchObject({ lead_id: one.body.lead_id, created: false });
    // Both numbers are the lead's now.
    expect(await service.missed('+12025550168')).toMatchObject({ lead_id: one.body.lead_id });
  });

  test('GHL is told to try again, with 429, when an event cannot be stored', async () => {
    const unit = service.store.unit.bind(service.store);
    const failing = Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
    Object.assign(service.store, { unit: () => Promise.reject(failing) });
    try {
      const answer = await service.request(
        'POST',
        '/api/webhooks/ghl',
        { phone: ANN },
        {
          key: null,
          headers: { 'X-LeadLoop-Secret': GHL_SECRET },
        },
      );
      expect(answer).toMatchObject({ status: 429, body: { error: 'try_again' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      Object.assign(service.store, { unit });
    }
  });

  test('bodies that make no sense are refused after the proof', async () => {
    const path = PATHS.call;
    const noSid = { From: ANN };
    expect((await post(path, noSid, signed(`${PUBLIC_URL}${path}`, noSid))).status).toBe(400);
    const broken = await service.request('POST', '/api/webhooks/ghl', undefined, {
      key: null,
      raw: '{"phone":',
      headers: { 'X-LeadLoop-Secret': GHL_SECRET },
    });
    expect(broken).toMatchObject({ status: 400, body: { error: 'invalid_json' } });
  });

  test('text that a database could not hold is stored all the same', async () => {
    await service.text('+12025550169', 'nul \0 and half \ud800 an emoji 😀');
    const [message] = await service.messages('?direction=inbound');
    expect(message?.body).toContain('😀');
  });
});

describe.each(DATABASES)('webhooks without settings on %s', (database) => {
  test('a provider without its secret can prove nothing', async () => {
    const service = await startResponse(database, {
      env: { TWILIO_AUTH_TOKEN: '', GHL_WEBHOOK_SECRET: '' },
    });
    try {
      expect((await service.ring(ANN)).status).toBe(403);
      const ghl = await service.request(
        'POST',
        '/api/webhooks/ghl',
        { phone: ANN },
        {
          key: null,
          headers: { 'X-LeadLoop-Secret': '' },
        },
      );
      expect(ghl.status).toBe(403);
      expect(await service.missed(ANN)).toMatchObject({
        missed: true,
        acknowledgement: { status: 'skipped', reason_code: 'not_configured' },
      });
    } finally {
      await service.stop();
    }
  });

  test('refusals are limited by address', async () => {
    const service = await startResponse(database, { failuresPerMinute: 3 });
    try {
      const statuses = [];
      for (let i = 0; i < 5; i += 1) {
        const answer = await fetch(`${service.address}/api/webhooks/twilio`, {
          method: 'POST',
          body: new URLSearchParams(PARAMS.call),
        });
        statuses.push(answer.status);
      }
      expect(statuses).toEqual([403, 403, 403, 429, 429]);
      expect((await service.ring(ANN)).status).toBe(200);
    } finally {
      await service.stop();
    }
  });
});

async function refused(service: ResponseService, name: string): Promise<number> {
  const { body } = await service.get<{ data: { name: string; refused_webhooks: number }[] }>(
    '/api/providers',
  );
  return body.data.find((provider) => provider.name === name)?.refused_webhooks ?? -1;
}
