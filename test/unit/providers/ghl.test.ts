import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

import fc from 'fast-check';

import {
  decideGhlCall,
  defaultGhlPublicKey,
  ghlEventKey,
  ghlWindowMs,
  parseGhlCall,
  secretMatches,
  verifyGhl,
  verifyGhlSignature,
} from '../../../scoring-service/src/providers/ghl/index.js';

const { publicKey: keyObject, privateKey } = generateKeyPairSync('ed25519');
const publicKey = keyObject.export({ format: 'der', type: 'spki' }).toString('base64');
const rawBody = Buffer.from('{"phone_number":"+12025550123",  "contact_name":"Zoë"}');
const signature = sign(null, rawBody, privateKey).toString('base64');

describe('verifyGhl', () => {
  test('a signature over the exact bytes is accepted, with the key in base64 or PEM', () => {
    expect(verifyGhlSignature(rawBody, signature, publicKey)).toBe(true);
    const pem = keyObject.export({ format: 'pem', type: 'spki' }).toString();
    expect(verifyGhlSignature(rawBody, ` ${signature} `, pem)).toBe(true);
    expect(verifyGhl({ rawBody, signature }, { publicKey })).toEqual({
      verified: true,
      by: 'signature',
    });
  });

  test('the default key is an Ed25519 key, and is not everybody’s', () => {
    const key = createPublicKey({
      key: Buffer.from(defaultGhlPublicKey, 'base64'),
      format: 'der',
      type: 'spki',
    });
    expect(key.asymmetricKeyType).toBe('ed25519');
    expect(verifyGhlSignature(rawBody, signature)).toBe(false);
    expect(verifyGhl({ rawBody, signature }, { publicKey: '' })).toEqual({
      verified: false,
      reason: 'bad_signature',
    });
  });

  test('one changed byte, another signature or an unreadable key is refused', () => {
    const reordered = Buffer.from(JSON.stringify(JSON.parse(rawBody.toString())));
    expect(verifyGhlSignature(reordered, signature, publicKey)).toBe(false);
    for (const bad of [
      '',
      'AAAA',
      'not base64!',
      signature.slice(0, -8),
      `A${signature.slice(1)}`,
    ]) {
      expect(verifyGhlSignature(rawBody, bad, publicKey)).toBe(false);
    }
    for (const bad of ['AAAA', '-----BEGIN PUBLIC KEY-----']) {
      expect(verifyGhlSignature(rawBody, signature, bad)).toBe(false);
    }
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      format: 'pem',
      type: 'spki',
    });
    expect(verifyGhlSignature(rawBody, signature, rsa.toString())).toBe(false);
  });

  test('the shared secret is the alternative; neither is never enough', () => {
    const trust = { publicKey, webhookSecret: 'a shared secret' };
    expect(verifyGhl({ rawBody, secret: 'a shared secret' }, trust)).toEqual({
      verified: true,
      by: 'secret',
    });
    expect(verifyGhl({ rawBody, secret: 'another' }, trust)).toEqual({
      verified: false,
      reason: 'bad_secret',
    });
    expect(verifyGhl({ rawBody }, trust)).toEqual({ verified: false, reason: 'no_proof' });
    expect(verifyGhl({ rawBody, secret: '' }, { publicKey })).toEqual({
      verified: false,
      reason: 'no_proof',
    });
    expect(verifyGhl({ rawBody, secret: 'x' }, { publicKey })).toEqual({
      verified: false,
      reason: 'bad_secret',
    });
  });

  test('a right secret does not save a wrong signature', () => {
    const answer = verifyGhl(
      { rawBody, signature: 'AAAA', secret: 's' },
      { publicKey, webhookSecret: 's' },
    );
    expect(answer).toEqual({ verified: false, reason: 'bad_signature' });
  });

  test('an empty secret matches nothing', () => {
    expect(secretMatches('', '')).toBe(false);
    expect(secretMatches(undefined, undefined)).toBe(false);
    expect(secretMatches('s', 's')).toBe(true);
    expect(secretMatches('s', 'secret')).toBe(false);
  });
});

describe('parseGhlCall', () => {
  test('reads the simple payload', () => {
    expect(
      parseGhlCall({ phone_number: '+1 202 555 0123', contact_name: 'Ana Diaz' }),
    ).toMatchObject({
      phone: '+1 202 555 0123',
      name: 'Ana Diaz',
      contact_id: null,
      event_id: null,
    });
  });

  test('reads GoHighLevel’s own contact payload, with fields an operator added', () => {
    expect(
      parseGhlCall({
        id: 'not-an-event',
        contact_id: 'c1',
        first_name: 'Ana',
        last_name: 'Diaz',
        email: 'ana@example.com',
        phone: '+12025550123',
        state: 'TX',
        location: { id: 'l1', name: 'Harbor Dental' },
        customData: { call_id: 'call-7', callStatus: 'No-Answer', to: '+12025550100' },
      }),
    ).toEqual({
      phone: '+12025550123',
      name: 'Ana Diaz',
      first_name: 'Ana',
      last_name: 'Diaz',
      email: 'ana@example.com',
      contact_id: 'c1',
      location_id: 'l1',
      location_name: 'Harbor Dental',
      called: '+12025550100',
      event_id: null,
      call_id: 'call-7',
      conversation_id: null,
      call_status: 'no-answer',
      state: 'TX',
      postal_code: null,
      message: null,
    });
  });

  test('blank, null and unfilled placeholders are no values; numbers are', () => {
    const call = parseGhlCall({
      phone_number: '  ',
      phone: 2025550123,
      full_name: null,
      name: '{{contact.name}}',
    });
    expect([call.phone, call.name]).toEqual(['2025550123', null]);
  });

  test('any JSON object is read without failing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
        expect(parseGhlCall(body)).toHaveProperty('phone');
      }),
    );
    expect(parseGhlCall(JSON.parse('{"__proto__":{"phone":"+12025550123"}}')).phone).toBeNull();
  });

  test.each([
    [null, true, true, 'no_answer'],
    ['missed', true, true, 'no_answer'],
    ['no_answer', true, true, 'no_answer'],
    ['voicemail', true, true, 'voicemail'],
    ['busy', true, true, 'busy'],
    ['completed', true, false, 'answered'],
    ['answered', true, false, 'answered'],
    ['ringing', false, false, 'not_final'],
    ['in progress', false, false, 'not_final'],
    ['constructor', true, true, 'no_answer'],
  ])('a call status of %p', (call_status, final, missed, reason) => {
    expect(decideGhlCall({ ...parseGhlCall({}), call_status })).toEqual({ final, missed, reason });
  });
});

describe('ghlEventKey', () => {
  const NOW = Date.parse('2026-11-20T15:00:00Z');
  const key = (body: Record<string, unknown>, at = NOW) =>
    ghlEventKey(parseGhlCall(body), at, 'US');
  const overlap = (a: string[], b: string[]): boolean => a.some((claim) => b.includes(claim));
  const everything = {
    webhookId: 'w1',
    call_id: 'k1',
    conversation_id: 'v1',
    phone: '202 555 0123',
    contact_id: 'c1',
    locationId: 'l1',
  };

  test('event id, then call, then conversation, then phone and place decide', () => {
    expect(key(everything)).toEqual({
      by: 'event_id',
      key: 'ghl:event:w1',
      claims: ['ghl:event:w1'],
    });
    expect(key({ ...everything, webhookId: '' })).toMatchObject({
      by: 'call_id',
      key: 'ghl:call:k1',
    });
    expect(key({ ...everything, webhookId: '', call_id: null }).by).toBe('conversation_id');
    const byPhone = key({ phone: '202 555 0123', locationId: 'l1', contact_id: 'c1' });
    expect(byPhone.by).toBe('phone_window');
    expect(byPhone.key).toContain('+12025550123:l1');
  });

  test('a contact id alone identifies nothing', () => {
    expect(key({ contact_id: 'c1' })).toEqual({ by: 'none', key: null, claims: [] });
  });

  test('withheld callers are never one', () => {
    for (const phone of ['anonymous', '+266696687', '', null]) {
      expect(key({ phone, locationId: 'l1' })).toEqual({ by: 'none', key: null, claims: [] });
    }
  });

  test('however a number is written, and whichever number of the business was called, counts', () => {
    const one = key({ phone: '(202) 555-0123', to: '+12025550100' });
    expect(key({ phone_number: '+12025550123', toNumber: '202-555-0100' })).toEqual(one);
    expect(overlap(key({ phone: '2025550123', to: '+12025550101' }).claims, one.claims)).toBe(
      false,
    );
  });

  test('a ringing call and its end are two events, two ends are one', () => {
    const at = (call_status: string) => key({ call_id: 'k1', call_status }).key;
    expect(at('ringing')).not.toBe(at('no-answer'));
    expect(at('voicemail')).toBe(at('no-answer'));
  });

  test('events within the window share a claim wherever its boundaries lie; later ones never', () => {
    const start = fc.integer({ min: NOW, max: NOW + 600_000 });
    const body = { phone: '2025550123', locationId: 'l1' };
    fc.assert(
      fc.property(start, fc.integer({ min: 0, max: ghlWindowMs }), (at, gap) => {
        expect(overlap(key(body, at).claims, key(body, at + gap).claims)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(start, fc.integer({ min: 150_000, max: 86_400_000 }), (at, gap) => {
        expect(overlap(key(body, at).claims, key(body, at + gap).claims)).toBe(false);
      }),
    );
  });

  test('a conversation is one event only within the window', () => {
    const body = { conversationId: 'v1' };
    expect(overlap(key(body).claims, key(body, NOW + 60_000).claims)).toBe(true);
    expect(overlap(key(body).claims, key(body, NOW + 3_600_000).claims)).toBe(false);
  });
});
