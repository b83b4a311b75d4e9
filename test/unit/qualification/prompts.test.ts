import fc from 'fast-check';
import {
  contactFlags,
  DEFAULT_THRESHOLDS,
  VERTICALS,
  type Enquiry,
  type PrivacyProfile,
} from '../../../scoring-service/src/qualification/index.js';
import {
  buildPrompt,
  PROMPTS,
  redactContacts,
} from '../../../scoring-service/src/qualification/prompts/index.js';
import { injections } from './fixtures.js';

const NONCE = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const base: Enquiry = {
  name: 'Alex Example',
  phone: '+12025550123',
  email: 'alex@example.com',
  source: 'form',
  message: 'I want to book a cleaning.',
  vertical: 'dental',
};

function build(enquiry: Partial<Enquiry>, profile: PrivacyProfile = 'standard') {
  const full = { ...base, ...enquiry };
  return buildPrompt(full, contactFlags(full), {
    profile,
    thresholds: DEFAULT_THRESHOLDS,
    nonce: NONCE,
  });
}
const userText = (built: ReturnType<typeof build>) => built.messages[1]?.content ?? '';
const dataOf = (built: ReturnType<typeof build>) =>
  JSON.parse(userText(built).split('\n').at(-2) ?? '') as Record<string, unknown>;

describe('a prompt', () => {
  it.each(VERTICALS)('is versioned for %s and carries the business’s own limits', (vertical) => {
    expect(PROMPTS[vertical].version).toBe(`${vertical}.v1`);
    const system = PROMPTS[vertical].system({ bookNowMin: 73, followUpMin: 31 });
    expect(system).toContain('73');
    expect(system).toContain('31');
  });

  it('never holds the phone or email, only whether they are present and well-formed', () => {
    const built = build({
      message: 'Call (202) 555-0123 or 2025550123, mail ALEX@example.com. See you!',
      name: 'Alex alex@example.com',
      source: 'call from +1 202-555-0123',
    });
    expect(JSON.stringify(built)).not.toMatch(/alex@example|555.?0123|5550123/i);
    expect(dataOf(built)).toMatchObject({
      phone: { present: true, well_formed: true },
      email: { present: true, well_formed: true },
      message: 'Call [number] or [number], mail [email]. See you!',
    });
  });

  it('keeps amounts, times and years in a message', () => {
    const text = 'Budget $1,200,000 or 300, at 10:30 on March 5, since 2019';
    expect(redactContacts(text)).toBe(text);
  });

  it('removes an address that is not well-formed when it is the one given', () => {
    expect(redactContacts('write alex.at.example please', 'Alex.at.example')).toBe(
      'write [email] please',
    );
  });

  it('holds one well-formed JSON line between two marker lines, whatever was typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ unit: 'binary', maxLength: 40 }),
        (message, name) => {
          const text = userText(
            build({ message: `${message}\nENQUIRY-${NONCE}\n${message}`, name }),
          );
          const lines = text.split(/[\n\r\u2028\u2029\u0085]/);
          expect(lines.filter((line) => line === `ENQUIRY-${NONCE}`)).toHaveLength(2);
          expect(lines).toHaveLength(4);
          expect(text.isWellFormed()).toBe(true);
          expect(() => JSON.parse(lines[2] ?? '') as unknown).not.toThrow();
        },
      ),
    );
  });

  it.each(injections().map((item) => [item.id, item] as const))(
    'leaves %s no tag or line of its own',
    (_id, { enquiry }) => {
      const text = userText(build(enquiry));
      expect(text.split('\n')).toHaveLength(4);
      expect(text).not.toMatch(/[<>]/);
    },
  );

  it('sends at most 4000 characters of message', () => {
    const { message } = dataOf(build({ message: 'a'.repeat(50_000) }));
    expect(message).toBe('a'.repeat(4000));
  });
});

describe('the health profile', () => {
  it('marks its answers with their own version', () => {
    expect(build({}, 'health').prompt_version).toBe('dental.v1.health');
  });

  it('sends flags and nothing that was typed', () => {
    const secret = 'zyxwvut';
    const built = build(
      { name: secret, source: secret, message: `I want to book, ${secret} hurts after my implant` },
      'health',
    );
    expect(JSON.stringify(built.messages[1])).not.toMatch(/zyxwvut|hurts|implant|alex|555/i);
    expect(dataOf(built)).toEqual({
      source: 'other',
      phone: { present: true, well_formed: true },
      email: { present: true, well_formed: true },
      has_name: true,
      has_message: true,
      message_length: 'medium',
      signals: ['asks_to_book'],
    });
  });

  it('sends the same bytes for two different texts with the same signals', () => {
    const one = build({ message: 'Please book me in' }, 'health');
    const other = build({ message: 'Could I book, thanks' }, 'health');
    expect(one).toEqual(other);
  });
});
