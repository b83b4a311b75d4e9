import fc from 'fast-check';

import { RECENT_MS } from '../../../scoring-service/src/response/deps.js';
import {
  matchLead,
  type Candidate,
  type Identifiers,
} from '../../../scoring-service/src/response/match.js';

const NOW = Date.parse('2026-03-10T15:00:00Z');
const P = '+12025550123';

const event = (given: Partial<Identifiers> = {}): Identifiers => ({
  phoneKey: null,
  emailKey: null,
  ghlContactId: null,
  nameKey: null,
  ...given,
});

const lead = (
  leadId: string,
  given: {
    at?: number;
    name?: string;
    phones?: string[];
    emails?: string[];
    verified?: string[];
    contacts?: string[];
  } = {},
): Candidate => ({
  leadId,
  lastEventAt: given.at ?? NOW - 1000,
  nameKey: given.name ?? null,
  phones: new Set(given.phones ?? []),
  emails: new Set([...(given.emails ?? []), ...(given.verified ?? [])]),
  verifiedEmails: new Set(given.verified ?? []),
  contacts: new Set(given.contacts ?? []),
});

test('nothing found makes a new lead without links', () => {
  expect(matchLead(event({ phoneKey: P }), [], NOW)).toEqual({
    leadId: null,
    matchedBy: null,
    links: [],
    suggestions: [],
  });
});

test.each([
  ['no name on the lead', { name: undefined }, 'a'],
  ['the same name', { name: 'ann example' }, 'a'],
  ['another name, but the e-mail agrees', { name: 'bob sample', emails: ['ann@example.com'] }, 'a'],
  ['another name and no e-mail on the lead', { name: 'bob sample', emails: [] }, 'a'],
  ['another name and another e-mail', { name: 'bob sample', emails: ['bob@example.com'] }, null],
])('the same phone with %s', (_name, given, expected) => {
  const found = matchLead(
    event({ phoneKey: P, nameKey: 'ann example', emailKey: 'ann@example.com' }),
    [lead('a', { phones: [P], ...given })],
    NOW,
  );
  expect(found.leadId).toBe(expected);
  if (expected === null) {
    expect(found.links).toEqual([{ leadId: 'a', kind: 'shares_phone' }]);
    expect(found.suggestions).toMatchObject([{ leadId: 'a' }]);
  }
});

test('of several leads on a phone the most recently active one wins, with a suggestion', () => {
  const found = matchLead(
    event({ phoneKey: P }),
    [lead('old', { phones: [P], at: NOW - 5000 }), lead('new', { phones: [P], at: NOW - 10 })],
    NOW,
  );
  expect(found).toMatchObject({ leadId: 'new', suggestions: [{ leadId: 'old' }] });
});

test('an e-mail that agrees wins over recency, and settles it', () => {
  const found = matchLead(
    event({ phoneKey: P, emailKey: 'a@example.com' }),
    [
      lead('other', { phones: [P], at: NOW - 10 }),
      lead('own', { phones: [P], emails: ['a@example.com'], at: NOW - 5000 }),
    ],
    NOW,
  );
  expect(found).toMatchObject({ leadId: 'own', suggestions: [] });
});

test('phone and verified e-mail on different leads make a new one', () => {
  const found = matchLead(
    event({ phoneKey: P, emailKey: 'a@example.com' }),
    [lead('phone', { phones: [P] }), lead('mail', { phones: ['+1'], verified: ['a@example.com'] })],
    NOW,
  );
  expect(found.leadId).toBeNull();
  expect(found.links.map(({ leadId }) => leadId)).toEqual(['phone', 'mail']);
});

test('a verified e-mail identifies whatever the phone, a typed one does not', () => {
  const asked = event({ phoneKey: P, emailKey: 'a@example.com' });
  const verified = lead('v', { phones: ['+12025550199'], verified: ['a@example.com'] });
  const typed = lead('t', { phones: ['+12025550199'], emails: ['a@example.com'] });
  expect(matchLead(asked, [verified], NOW)).toMatchObject({
    leadId: 'v',
    matchedBy: 'verified_email',
  });
  expect(matchLead(asked, [typed], NOW)).toMatchObject({
    leadId: null,
    links: [{ leadId: 't', kind: 'shares_email' }],
  });
});

test('90 days after its last event a lead is only linked', () => {
  const at = (age: number) =>
    matchLead(event({ phoneKey: P }), [lead('a', { phones: [P], at: NOW - age })], NOW);
  expect(at(RECENT_MS).leadId).toBe('a');
  expect(at(RECENT_MS + 1)).toMatchObject({
    leadId: null,
    links: [{ leadId: 'a', kind: 'earlier_enquiry' }],
  });
});

const key = fc.constantFrom('x', 'y', 'z');
const keys = fc.array(key, { maxLength: 2 });
const anyLead = fc
  .record({
    at: fc.integer({ min: 0, max: 2 * RECENT_MS }),
    name: fc.option(key, { nil: undefined }),
    phones: keys,
    emails: keys,
    verified: keys,
    contacts: keys,
  })
  .map(({ at, ...rest }) => ({ ...rest, at: NOW - at }));
const anyEvent = fc
  .record({
    phoneKey: fc.option(key),
    emailKey: fc.option(key),
    ghlContactId: fc.option(key),
    nameKey: fc.option(key),
  })
  .map((given) => event(given));

test('a match shares an exact identifier, is recent, and does not depend on the order of candidates', () => {
  fc.assert(
    fc.property(anyEvent, fc.array(anyLead, { maxLength: 5 }), (asked, given) => {
      const leads = given.map((one, index) => lead(`lead-${index}`, one));
      const found = matchLead(asked, leads, NOW);
      expect(matchLead(asked, [...leads].reverse(), NOW)).toEqual(found);
      const chosen = leads.find(({ leadId }) => leadId === found.leadId);
      if (chosen !== undefined) {
        expect(found.links).toEqual([]);
        expect(NOW - chosen.lastEventAt).toBeLessThanOrEqual(RECENT_MS);
        expect(
          chosen.phones.has(asked.phoneKey ?? '') ||
            chosen.emails.has(asked.emailKey ?? '') ||
            chosen.contacts.has(asked.ghlContactId ?? ''),
        ).toBe(true);
      }
      expect(found.suggestions.every(({ leadId }) => leadId !== found.leadId)).toBe(true);
    }),
  );
});
