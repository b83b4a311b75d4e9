import fc from 'fast-check';

import {
  isTextable,
  isWithheld,
  normalizePhone,
  phoneType,
  regionOfPhone,
} from '../../../scoring-service/src/contact/index.js';

describe('normalizePhone', () => {
  test.each([
    ['(202) 555-0123', 'US', '+12025550123'],
    ['202.555.0123', 'us', '+12025550123'],
    ['1 202 555 0123', 'US', '+12025550123'],
    ['+1 202 555 0123', 'GB', '+12025550123'],
    ['+1 (202) 555-0123 ext. 45', 'US', '+12025550123'],
    ['tel:+1-202-555-0123', 'US', '+12025550123'],
    ['020 7946 0958', 'GB', '+442079460958'],
    ['00 1 202 555 0123', 'GB', '+12025550123'],
    ['２０２５５５０１２３', 'US', '+12025550123'],
  ])('reads %s in %s as %s', (input, region, e164) => {
    expect(normalizePhone(input, region)).toMatchObject({ e164, key: e164 });
  });

  test('without a usable region a national number is compared by its digits', () => {
    expect(normalizePhone('(202) 555-0123')).toEqual({
      e164: null,
      digits: '2025550123',
      key: '2025550123',
    });
    expect(normalizePhone('202 555 0123', 'nowhere').key).toBe('2025550123');
  });

  test.each(['', '   ', 'no number', 'sip:5550123@example.com', 'client:desk1', null, undefined])(
    'has no key for %p',
    (input) => {
      expect(normalizePhone(input, 'US')).toEqual({ e164: null, digits: '', key: null });
    },
  );

  test('numbers of an impossible length stay digits', () => {
    expect(normalizePhone('12345', 'US')).toEqual({ e164: null, digits: '12345', key: '12345' });
  });

  test('how a US number is written never changes its key', () => {
    const number = fc.constantFrom('2025550123', '4155550199', '9155550142');
    const glue = fc.constantFrom('', ' ', '-', '.', ') ');
    fc.assert(
      fc.property(number, glue, glue, fc.constantFrom('', '1', '+1', '+1 '), (n, a, b, prefix) => {
        const typed = `${prefix}${n.slice(0, 3)}${a}${n.slice(3, 6)}${b}${n.slice(6)}`;
        expect(normalizePhone(typed, 'US').key).toBe(`+1${n}`);
      }),
    );
  });

  test('normalising twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (typed) => {
        const { e164 } = normalizePhone(typed, 'US');
        if (e164 !== null) expect(normalizePhone(e164, 'GB').e164).toBe(e164);
      }),
    );
  });
});

describe('isTextable', () => {
  test.each([
    ['+12025550123', 'fixed_line_or_mobile'],
    ['+16135550123', 'fixed_line_or_mobile'],
    ['+447400123456', 'mobile'],
    ['+33612345678', 'mobile'],
  ])('%s (%s) may be texted', (e164, type) => {
    expect(phoneType(e164)).toBe(type);
    expect(isTextable(e164).textable).toBe(true);
  });

  test.each([
    ['+442079460958', 'fixed_line'],
    ['+18005550123', 'toll_free'],
    ['+19005550123', 'premium_rate'],
    ['+491801123456', 'shared_cost'],
    ['+443001234567', 'uan'],
    ['+15215550123', 'personal_number'],
    ['+33123456789', 'fixed_line'],
  ])('%s (%s) may not', (e164, type) => {
    expect(phoneType(e164)).toBe(type);
    expect(isTextable(e164)).toMatchObject({ textable: false });
    expect(isTextable(e164).detail).toContain(type.replaceAll('_', ' '));
  });

  test.each([null, undefined, '', '2025550123', '+1202555', '+10005550123', 'anonymous'])(
    '%p is no number to text',
    (input) => {
      expect(isTextable(input).textable).toBe(false);
    },
  );

  test('the region of a number is known', () => {
    expect(regionOfPhone('+16135550123')).toBe('CA');
    expect(regionOfPhone('+447400123456')).toBe('GB');
  });
});

describe('isWithheld', () => {
  test.each([
    'anonymous',
    'Anonymous',
    'RESTRICTED',
    'unknown',
    'unavailable',
    'private',
    'blocked',
    '',
    '  ',
    '+266696687',
    '266696687',
    '+86282452253',
    '+8656696',
    '+2562533',
    '+7378742833',
    'sip:anonymous@anonymous.invalid',
    'No Caller ID',
    '+',
    '0000000',
    null,
    undefined,
  ])('%p says nothing about the caller', (callerId) => {
    expect(isWithheld(callerId)).toBe(true);
  });

  test.each([
    '+12025550123',
    '202 555 0123',
    'sip:ana@example.com',
    '+442079460958',
    'Private Wealth Ltd',
  ])('%p names a caller', (callerId) => {
    expect(isWithheld(callerId)).toBe(false);
  });
});
