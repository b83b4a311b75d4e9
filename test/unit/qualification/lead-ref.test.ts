import fc from 'fast-check';
import { signLeadRef, verifyLeadRef } from '../../../scoring-service/src/qualification/index.js';

const secret = 'a secret of the test';
const leadId = '0198c5f0-7a1b-7c3d-8e4f-0123456789ab';
const anyId = fc.oneof(fc.uuid(), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }));

describe('a lead reference', () => {
  it('comes back as the lead it was made for', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        expect(verifyLeadRef(signLeadRef(id, secret), secret)).toBe(id);
      }),
    );
  });

  it('uses only characters that are safe in a URL and is short for a UUID', () => {
    const ref = signLeadRef(leadId, secret);
    expect(ref).toMatch(/^r1_[A-Za-z0-9_-]{44}$/);
    expect(encodeURIComponent(ref)).toBe(ref);
  });

  it('is the same each time, and different for another lead or secret', () => {
    const other = leadId.replace('0198', '0199');
    expect(signLeadRef(leadId, secret)).toBe(signLeadRef(leadId, secret));
    expect(signLeadRef(other, secret)).not.toBe(signLeadRef(leadId, secret));
    expect(signLeadRef(leadId, 'another')).not.toBe(signLeadRef(leadId, secret));
  });

  it('does not show the lead id or its moment', () => {
    const bytes = Buffer.from(signLeadRef(leadId, secret).slice(3), 'base64url');
    expect(bytes.toString('hex')).not.toContain(leadId.replaceAll('-', '').slice(0, 12));
    expect(bytes.toString('latin1')).not.toContain(leadId);
  });

  it('is refused after any change of one character', () => {
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.'];
    const ref = signLeadRef(leadId, secret);
    for (let at = 0; at < ref.length; at++) {
      for (const char of alphabet) {
        if (ref[at] === char) continue;
        expect(verifyLeadRef(ref.slice(0, at) + char + ref.slice(at + 1), secret)).toBeNull();
      }
    }
  });

  it('is refused when shortened, lengthened or respelled', () => {
    const ref = signLeadRef(leadId, secret);
    for (let end = 0; end < ref.length; end++) {
      expect(verifyLeadRef(ref.slice(0, end), secret)).toBeNull();
    }
    for (const ending of ['A', '=', '==', ' ', '\n', '%3D']) {
      expect(verifyLeadRef(ref + ending, secret)).toBeNull();
    }
  });

  it('is refused when it is anything else, without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(verifyLeadRef(text, secret)).toBeNull();
        expect(verifyLeadRef(`r1_${text}`, secret)).toBeNull();
      }),
    );
    expect(verifyLeadRef(null, secret)).toBeNull();
    expect(verifyLeadRef(undefined, secret)).toBeNull();
    expect(verifyLeadRef(`r1_${'A'.repeat(100_000)}`, secret)).toBeNull();
  });

  it('is refused under another secret and accepted under an older one still listed', () => {
    const ref = signLeadRef(leadId, 'old');
    expect(verifyLeadRef(ref, secret)).toBeNull();
    expect(verifyLeadRef(ref, [secret, 'old'])).toBe(leadId);
    expect(verifyLeadRef(ref, [])).toBeNull();
    expect(verifyLeadRef(ref, '')).toBeNull();
  });

  it('cannot be made without a secret or for no lead', () => {
    expect(() => signLeadRef(leadId, '')).toThrow('secret');
    expect(() => signLeadRef('', secret)).toThrow('lead id');
    expect(() => signLeadRef('\ud800', secret)).toThrow('lead id');
  });
});
