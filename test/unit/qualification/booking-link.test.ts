import fc from 'fast-check';
import { bookingLink } from '../../../scoring-service/src/qualification/index.js';

const leadRef = 'r1_abc-DEF_123';
const baseUrl = 'https://calendly.com/example/visit';
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  // Every UTF-16 code unit by itself: lone surrogates included.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 })
    .map((units) => String.fromCharCode(...units)),
);

function link(input: Partial<Parameters<typeof bookingLink>[0]>): URL {
  const made = bookingLink({ baseUrl, leadRef, ...input });
  if (made === null) throw new Error('no link');
  return new URL(made);
}

describe('a booking link', () => {
  it('fills in name, email and the lead reference', () => {
    expect(
      bookingLink({ baseUrl, name: 'Zoë O’Example & Sons #1', email: 'a+b@example.com', leadRef }),
    ).toBe(
      `${baseUrl}?name=Zo%C3%AB%20O%E2%80%99Example%20%26%20Sons%20%231&email=a%2Bb%40example.com&utm_content=${leadRef}`,
    );
  });

  it('keeps the query and fragment that were there, byte for byte', () => {
    const made = link({
      baseUrl: `${baseUrl}?month=2026-03&a1=x%20y&utm_source=web+site&flag#top`,
      name: 'Alex',
    });
    expect(made.href).toBe(
      `${baseUrl}?month=2026-03&a1=x%20y&utm_source=web+site&flag&name=Alex&utm_content=${leadRef}#top`,
    );
  });

  it('replaces parameters of its own, and keeps them where it has no value', () => {
    const made = link({ baseUrl: `${baseUrl}?name=Old&utm_content=old&email=x`, name: 'New' });
    expect([...made.searchParams]).toEqual([
      ['email', 'x'],
      ['name', 'New'],
      ['utm_content', leadRef],
    ]);
  });

  it('is a valid URL with exactly our parameters, whatever name and email hold', () => {
    fc.assert(
      fc.property(anyText, anyText, (name, email) => {
        const made = link({ baseUrl: `${baseUrl}?month=3`, name, email });
        expect(made.href).toMatch(/^https:\/\/calendly\.com\/example\/visit\?[\w.%&=-]+$/);
        const keys = [...made.searchParams.keys()];
        expect(keys[0]).toBe('month');
        expect(keys.slice(1).every((key) => ['name', 'email', 'utm_content'].includes(key))).toBe(
          true,
        );
        expect(new Set(keys).size).toBe(keys.length);
        expect(made.searchParams.get('utm_content')).toBe(leadRef);
        expect(made.searchParams.get('name') ?? '').not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });

  it('brings every ordinary name back unchanged', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\p{L}'&#+%=?/-]{1,40}( [\p{L}\p{Emoji_Presentation}]{1,40})?$/u),
        (name) => {
          expect(link({ name }).searchParams.get('name')).toBe(name);
        },
      ),
    );
  });

  it.each([
    ['a lone surrogate', 'A\ud83d!', 'A\ufffd!'],
    ['line breaks', 'Alex\r\nExample', 'Alex Example'],
    ['an emoji', 'Alex 👩‍⚕️', 'Alex 👩‍⚕️'],
    ['right-to-left letters', 'دانا', 'دانا'],
    ['a right-to-left override', 'Alex\u202egpj', 'Alex gpj'],
  ])('survives %s', (_what, name, expected) => {
    expect(link({ name }).searchParams.get('name')).toBe(expected);
  });

  it('stays short enough to text with a name of ten thousand characters', () => {
    const made = link({ name: '😀'.repeat(5000) });
    expect([...(made.searchParams.get('name') ?? '')]).toHaveLength(100);
    expect(made.searchParams.get('name')?.isWellFormed()).toBe(true);
  });

  it.each(['', 'not a url', 'javascript:alert(1)', 'calendly.com/example'])(
    'is refused for the base "%s"',
    (base) => {
      expect(bookingLink({ baseUrl: base, leadRef })).toBeNull();
    },
  );
});
