import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';

import {
  generateSecret,
  parseSecret,
} from '../../../../scoring-service/src/delivery/signing/secret.js';
import { signWebhook } from '../../../../scoring-service/src/delivery/signing/sign.js';
import { verifyWebhook } from '../../../../scoring-service/src/delivery/signing/verify.js';

const NOW = Date.parse('2025-06-02T10:00:00.900Z');
const first = generateSecret((size) => Buffer.alloc(size, 1));
const second = generateSecret((size) => Buffer.alloc(size, 2));
const stranger = generateSecret((size) => Buffer.alloc(size, 3));
const body = '{"lead_id":"0197","name":"Zoë"}';

function signed(secrets = [first]) {
  return signWebhook({ id: 'delivery-1', at: NOW, body, secrets });
}

function verified(overrides: Partial<Parameters<typeof verifyWebhook>[0]> = {}) {
  return verifyWebhook({
    headers: { ...signed() },
    body,
    secrets: [first],
    now: NOW,
    ...overrides,
  });
}

describe('signing', () => {
  test('what we send verifies with the standardwebhooks package', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.json(), fc.integer({ min: 24, max: 64 }), (id, payload, size) => {
        const secret = generateSecret(randomBytes, size);
        const headers = signWebhook({ id, at: Date.now(), body: payload, secrets: [secret] });
        expect(new Webhook(secret).verify(payload, { ...headers })).toEqual(JSON.parse(payload));
      }),
      { numRuns: 50 },
    );
  });

  test('during a rotation a receiver with either secret verifies, and no other', () => {
    const headers = { ...signWebhook({ id: 'a', at: Date.now(), body, secrets: [second, first] }) };
    expect(headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    expect(new Webhook(first).verify(body, headers)).toEqual(JSON.parse(body));
    expect(new Webhook(second).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(stranger).verify(body, headers)).toThrow('No matching signature');
  });

  test('what the package signs verifies here', () => {
    const headers = {
      'Webhook-Id': 'x1',
      'WEBHOOK-TIMESTAMP': String(Math.floor(NOW / 1000)),
      'webhook-signature': new Webhook(first).sign('x1', new Date(NOW), body),
    };
    expect(verified({ headers })).toEqual({
      valid: true,
      id: 'x1',
      timestamp: Math.floor(NOW / 1000),
    });
  });

  test('text and its bytes have the same signature', () => {
    const bytes = signWebhook({
      id: 'delivery-1',
      at: NOW,
      body: Buffer.from(body),
      secrets: [first],
    });
    expect(bytes).toEqual(signed());
  });

  test('the timestamp is whole seconds of the attempt, and every attempt has its own', () => {
    expect(signed()['webhook-timestamp']).toBe('1748858400');
    const later = signWebhook({ id: 'delivery-1', at: NOW + 5000, body, secrets: [first] });
    expect(later['webhook-signature']).not.toBe(signed()['webhook-signature']);
  });

  test.each([
    ['no secret', { secrets: [] }],
    ['a secret that is none', { secrets: ['hunter2'] }],
    ['an empty id', { id: '' }],
    ['an id with a dot', { id: 'a.1' }],
    ['an id with a line break', { id: 'a\r\nx: y' }],
    ['an impossible moment', { at: Number.NaN }],
  ])('nothing is signed with %s', (_name, overrides) => {
    const input = { id: 'a', at: NOW, body, secrets: [first], ...overrides };
    expect(() => signWebhook(input)).toThrow(TypeError);
  });
});

describe('verifying', () => {
  test.each([
    ['another body', { body: body + ' ' }, 'no_matching_signature'],
    ['a secret we do not know', { secrets: [stranger] }, 'no_matching_signature'],
    ['no secret', { secrets: [] }, 'no_secret'],
    ['only malformed secrets', { secrets: ['whsec_', 'x'] }, 'no_secret'],
    ['an old timestamp', { now: NOW + 301_000 }, 'timestamp_too_old'],
    ['a future timestamp', { now: NOW - 301_000 }, 'timestamp_too_new'],
    ['a broken clock', { now: Number.NaN }, 'timestamp_too_old'],
    ['no headers', { headers: {} }, 'missing_headers'],
    [
      'an empty signature',
      { headers: { ...signed(), 'webhook-signature': '' } },
      'missing_headers',
    ],
    ['a doubled id', { headers: { ...signed(), 'webhook-id': ['a', 'b'] } }, 'missing_headers'],
    ['an id in two spellings', { headers: { ...signed(), 'Webhook-Id': 'b' } }, 'missing_headers'],
    [
      'a timestamp with a tail',
      { headers: { ...signed(), 'webhook-timestamp': '1748858400x' } },
      'bad_timestamp',
    ],
    [
      'another timestamp',
      { headers: { ...signed(), 'webhook-timestamp': '1748858401' } },
      'no_matching_signature',
    ],
    [
      'another id',
      { headers: { ...signed(), 'webhook-id': 'delivery-2' } },
      'no_matching_signature',
    ],
    [
      'another version',
      {
        headers: {
          ...signed(),
          'webhook-signature': signed()['webhook-signature'].replace('v1,', 'v2,'),
        },
      },
      'no_matching_signature',
    ],
    [
      'half a signature',
      { headers: { ...signed(), 'webhook-signature': signed()['webhook-signature'].slice(0, -4) } },
      'no_matching_signature',
    ],
  ])('%s is invalid', (_name, overrides, reason) => {
    expect(verified(overrides)).toEqual({ valid: false, reason });
  });

  test.each([-300_000, 0, 300_000])('a clock that differs by %p ms is tolerated', (difference) => {
    expect(verified({ now: NOW + difference }).valid).toBe(true);
  });

  test('one good signature among others is enough', () => {
    const headers = { ...signed() };
    headers['webhook-signature'] = `v1,AAAA v1a,xyz ${headers['webhook-signature']}`;
    expect(verified({ headers, secrets: [stranger, first] }).valid).toBe(true);
  });
});

describe('secrets', () => {
  test.each([24, 32, 64])('a secret of %p bytes survives the round trip', (size) => {
    const key = randomBytes(size);
    const secret = generateSecret(() => key, size);
    expect(secret).toBe(`whsec_${key.toString('base64')}`);
    expect(parseSecret(secret)).toEqual({ ok: true, key });
  });

  test.each([23, 65, 32.5])('a secret of %p bytes is not made', (size) => {
    expect(() => generateSecret(randomBytes, size)).toThrow(RangeError);
  });

  test('a source that returns too few bytes is refused', () => {
    expect(() => generateSecret(() => Buffer.alloc(8))).toThrow(RangeError);
  });

  test.each([
    ['', 'starts with whsec_'],
    [first.slice(6), 'starts with whsec_'],
    ['whsec_not base64!', 'padded base64'],
    [first.slice(0, -1), 'padded base64'],
    [`${first}\n`, 'padded base64'],
    [`whsec_${Buffer.alloc(23).toString('base64')}`, 'this one 23'],
    [`whsec_${Buffer.alloc(65).toString('base64')}`, 'this one 65'],
  ])('%p is refused without repeating it', (text, reason) => {
    const parsed = parseSecret(text);
    expect(parsed).toEqual({ ok: false, message: expect.stringContaining(reason) });
  });
});
