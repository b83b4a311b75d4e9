import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import twilio from 'twilio';

import {
  messageParamsSchema,
  publicUrlOf,
  statusParamsSchema,
  verifyTwilioSignature,
  withOlderNames,
} from '../../../scoring-service/src/providers/twilio/index.js';
import { startFakeTwilio } from '../../fakes/twilio.js';

const authToken = 'a-test-token';
const params = {
  CallSid: 'CA1',
  From: '+12025550123',
  CallStatus: 'no-answer',
  CallerName: 'José & Söhne',
};
const url = publicUrlOf('https://leads.example.com/', '/api/webhooks/twilio?business=1&x=a%20b');
const sign = (signed = url, form: Record<string, unknown> = params, token = authToken): string =>
  twilio.getExpectedTwilioSignature(token, signed, form);

describe('verifyTwilioSignature', () => {
  test('the public URL is PUBLIC_URL, path and query', () => {
    expect(url).toBe('https://leads.example.com/api/webhooks/twilio?business=1&x=a%20b');
    expect(publicUrlOf('https://example.com/leads', '/api/x')).toBe(
      'https://example.com/leads/api/x',
    );
  });

  test('what Twilio signed is accepted', () => {
    expect(verifyTwilioSignature({ authToken, signature: sign(), url, params })).toBe(true);
    expect(verifyTwilioSignature({ authToken, signature: sign(url, {}), url })).toBe(true);
  });

  test('repeated parameters are part of what is signed', () => {
    const repeated = { ...params, MediaUrl: ['b', 'a'] };
    const signature = sign(url, repeated);
    expect(verifyTwilioSignature({ authToken, signature, url, params: repeated })).toBe(true);
    expect(
      verifyTwilioSignature({ authToken, signature, url, params: { ...repeated, MediaUrl: 'b' } }),
    ).toBe(false);
  });

  test.each([
    ['a changed value', { params: { ...params, CallStatus: 'completed' } }],
    ['an added parameter', { params: { ...params, DialCallStatus: 'busy' } }],
    ['a missing parameter', { params: { CallSid: 'CA1' } }],
    [
      'another path',
      { url: 'https://leads.example.com/api/webhooks/twilio/messages?business=1&x=a%20b' },
    ],
    ['another host', { url: url.replace('leads', 'other') }],
    ['http for https', { url: url.replace('https', 'http') }],
    ['another query', { url: url.replace('business=1', 'business=2') }],
    ['no query', { url: 'https://leads.example.com/api/webhooks/twilio' }],
    ['another token', { authToken: 'another-token' }],
    ['no token', { authToken: '' }],
    ['no signature', { signature: undefined }],
    ['an empty signature', { signature: '' }],
    ['a cut signature', { signature: 'abc' }],
    ['no URL at all', { url: 'not a url' }],
  ])('%s is refused', (_, change) => {
    expect(verifyTwilioSignature({ authToken, signature: sign(), url, params, ...change })).toBe(
      false,
    );
  });

  test('a JSON body is proven by the hash in the signed URL', () => {
    const body = JSON.stringify({ EventType: 'com.example', Name: 'Zoë' });
    const signed = `https://leads.example.com/api/webhooks/twilio?bodySHA256=${twilio.getExpectedBodyHash(body)}`;
    const signature = sign(signed, {});
    const ask = (change: object): boolean =>
      verifyTwilioSignature({
        authToken,
        signature,
        url: signed,
        rawBody: Buffer.from(body),
        ...change,
      });
    expect(ask({})).toBe(true);
    expect(ask({ rawBody: body })).toBe(true);
    expect(ask({ rawBody: body.replace('Zoë', 'Zoe') })).toBe(false);
    expect(ask({ rawBody: undefined })).toBe(false);
    expect(ask({ rawBody: '' })).toBe(false);
    expect(ask({ url: signed.replace(/.$/, '0') })).toBe(false);
    // Without the hash a body could be swapped: the parameters must then be what was signed.
    expect(ask({ url: 'https://leads.example.com/api/webhooks/twilio' })).toBe(false);
  });
});

describe('parameters', () => {
  test('an inbound text keeps its words, line breaks and spaces', () => {
    const text = {
      MessageSid: 'SM1',
      From: '+12025550123',
      To: '+12025550100',
      Body: ' Stop\nplease ',
    };
    expect(messageParamsSchema.parse(text)).toEqual({ ...text, NumMedia: 0 });
    const picture = messageParamsSchema.parse({ ...text, Body: undefined, NumMedia: '1' });
    expect([picture.Body, picture.NumMedia]).toEqual(['', 1]);
    expect(messageParamsSchema.safeParse({ ...text, From: '' }).success).toBe(false);
  });

  test('older names are understood', () => {
    expect(
      statusParamsSchema.parse(withOlderNames({ SmsSid: 'SM1', SmsStatus: 'Delivered' })),
    ).toEqual({
      MessageSid: 'SM1',
      MessageStatus: 'delivered',
    });
  });

  test.each([
    ['30003', 30003],
    ['', undefined],
    [undefined, undefined],
    ['none', undefined],
    ['0', undefined],
  ])('the error code %p is %p', (ErrorCode, code) => {
    const parsed = statusParamsSchema.parse({
      MessageSid: 'SM1',
      MessageStatus: 'failed',
      ErrorCode,
    });
    expect(parsed.ErrorCode).toBe(code);
  });
});

test('the fake posts callbacks that verify at the URL Twilio was given', async () => {
  const fake = await startFakeTwilio();
  try {
    const status_callback = 'https://leads.example.com/api/webhooks/twilio/message-status?mid=1';
    const { sid } = fake.add({ to: '+12025550123', body: 'Hello', status_callback });
    const seen: { signature: string | undefined; form: Record<string, string> }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.on('end', () => {
        const signature = request.headers['x-twilio-signature'];
        seen.push({
          signature: typeof signature === 'string' ? signature : undefined,
          form: Object.fromEntries(new URLSearchParams(body)),
        });
        response.setHeader('connection', 'close').end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await fake.report(sid, 'undelivered', {
      errorCode: 30003,
      deliverTo: `http://127.0.0.1:${port}/`,
    });
    await new Promise((resolve) => server.close(resolve));
    expect(seen[0]?.form).toMatchObject({
      MessageSid: sid,
      MessageStatus: 'undelivered',
      ErrorCode: '30003',
    });
    expect(
      verifyTwilioSignature({
        authToken: fake.authToken,
        signature: seen[0]?.signature,
        url: status_callback,
        params: seen[0]?.form ?? {},
      }),
    ).toBe(true);
  } finally {
    await fake.close();
  }
});
