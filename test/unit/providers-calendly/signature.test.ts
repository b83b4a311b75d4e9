import fc from 'fast-check';
import { verifyCalendlySignature } from '../../../scoring-service/src/providers/calendly/index.js';
import { calendlySignature, FAKE_SIGNING_KEY, inviteeCreated } from '../../fakes/calendly.js';

const nowMs = Date.parse('2026-03-05T12:00:00Z');
const { rawBody, headers } = inviteeCreated({ id: '1', name: 'Zoë Example' }, nowMs);
const header = headers['calendly-webhook-signature'];

function verify(input: Partial<Parameters<typeof verifyCalendlySignature>[0]> = {}) {
  return verifyCalendlySignature({
    header,
    rawBody,
    signingKey: FAKE_SIGNING_KEY,
    nowMs,
    ...input,
  });
}

describe('Calendly’s signature', () => {
  it('is accepted over the bytes received', () => {
    expect(verify()).toEqual({ ok: true, signedAtMs: nowMs });
  });

  it('matches a value computed by other means', () => {
    // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key
    const v1 = 'a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03';
    expect(
      verify({
        header: `t=1700000000,v1=${v1}`,
        rawBody: Buffer.from('{"a":1}'),
        signingKey: 'key',
        nowMs: 1_700_000_000_000,
      }).ok,
    ).toBe(true);
  });

  it('is refused after any change of one byte of the body', () => {
    fc.assert(
      fc.property(fc.nat(rawBody.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(rawBody);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(verify({ rawBody: changed })).toEqual({ ok: false, reason: 'mismatch' });
      }),
    );
  });

  it.each([
    [180_000, true],
    [-180_000, true],
    [181_000, false],
    [-181_000, false],
  ])('made %i ms from our clock is accepted: %s', (distance, ok) => {
    expect(verify({ nowMs: nowMs + distance }).ok).toBe(ok);
  });

  it('cannot be given a newer moment', () => {
    const later = header.replace(/^t=\d+/, `t=${nowMs / 1000 + 60}`);
    expect(verify({ header: later })).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('is accepted when one of several values matches, as while keys rotate', () => {
    const other = calendlySignature(rawBody, nowMs, 'old key').split(',')[1] ?? '';
    expect(verify({ header: `${header},${other}` }).ok).toBe(true);
    expect(verify({ header: header.replace(',', `, ${other} ,`) }).ok).toBe(true);
  });

  it.each([
    ['no key', { signingKey: null }, 'not_configured'],
    ['an empty key', { signingKey: '' }, 'not_configured'],
    ['no header', { header: undefined }, 'missing'],
    ['a blank header', { header: ' ' }, 'missing'],
    ['no moment', { header: header.slice(header.indexOf('v1')) }, 'malformed'],
    ['two moments', { header: `t=1,${header}` }, 'malformed'],
    ['no value', { header: header.slice(0, header.indexOf(',')) }, 'malformed'],
    ['a value cut short', { header: header.slice(0, -1) }, 'malformed'],
    ['a value with a wrong letter', { header: `${header.slice(0, -1)}g` }, 'malformed'],
    ['a negative moment', { header: header.replace('t=', 't=-') }, 'malformed'],
    ['a moment in hexadecimal', { header: header.replace(/t=\d+/, 't=6a') }, 'malformed'],
    ['a very long header', { header: `${header},${'v1=00,'.repeat(1000)}` }, 'malformed'],
    ['another key', { signingKey: 'other' }, 'mismatch'],
    ['an unknown clock', { nowMs: Number.NaN }, 'stale'],
  ])('fails closed with %s', (_what, input, reason) => {
    expect(verify(input)).toEqual({ ok: false, reason });
  });

  it('is refused for any other header, without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(verify({ header: text }).ok).toBe(false);
        expect(verify({ header: `t=${nowMs / 1000},v1=${text}` }).ok).toBe(false);
      }),
    );
  });
});
