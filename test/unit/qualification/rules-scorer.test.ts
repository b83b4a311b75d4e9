import fc from 'fast-check';
import {
  contactFlags,
  DEFAULT_THRESHOLDS,
  decisionOfScore,
  scoreByRules,
  VERTICALS,
  type Enquiry,
} from '../../../scoring-service/src/qualification/index.js';
import { SIGNAL_TABLES } from '../../../scoring-service/src/qualification/rules-scorer/index.js';
import { injections } from './fixtures.js';

const reachable = { name: 'Alex Example', phone: '+12025550123', email: 'alex@example.com' };

function score(enquiry: Partial<Enquiry>) {
  const full: Enquiry = { ...reachable, source: 'form', vertical: 'dental', ...enquiry };
  return scoreByRules(full, contactFlags(full));
}
const decide = (enquiry: Partial<Enquiry>) =>
  decisionOfScore(score(enquiry).score, DEFAULT_THRESHOLDS);

describe('the rules scorer', () => {
  it.each([
    ['a request to book', { message: "I'd like to book a cleaning" }, 'book_now'],
    ['an urgent need', { message: 'Toothache, need to be seen today' }, 'book_now'],
    ['a price question', { message: 'How much is a crown?' }, 'follow_up'],
    ['a missed call without words', { message: null, source: 'call', email: null }, 'follow_up'],
    ['a job seeker', { message: 'Are you hiring? I can come in today' }, 'low_quality'],
    ['a pitch that asks for a call', { message: 'Book a call about our SEO offer' }, 'low_quality'],
    ['a wrong number', { message: 'Oh sorry, wrong number' }, 'low_quality'],
    ['a person no longer interested', { message: 'Not interested, thanks' }, 'low_quality'],
    ['nobody to answer', { phone: null, email: null, message: 'book me in' }, 'low_quality'],
  ])('decides %s', (_name, enquiry, expected) => {
    expect(decide(enquiry)).toBe(expected);
  });

  it.each([
    ["I don't want to book a cleaning", 'follow_up'],
    ['Not ready to schedule an appointment', 'follow_up'],
    ["I can't wait to book my cleaning", 'book_now'],
    ["I haven't seen a dentist in years, but I want to book a cleaning", 'book_now'],
  ])('reads negation in "%s"', (message, expected) => {
    expect(decide({ message })).toBe(expected);
  });

  it('counts a malformed phone as no way to reply', () => {
    const well = score({ message: 'hello there', email: null });
    const malformed = score({ message: 'hello there', email: null, phone: '12' });
    expect(malformed.score).toBeLessThan(well.score);
    expect(malformed.reason).toContain('contact details are not usable');
  });

  it('sees a sales pitch in the name', () => {
    expect(decide({ name: 'Google Ads and SEO Experts', message: 'book me in' })).toBe(
      'low_quality',
    );
  });

  it('sends what may be a medical emergency to a person instead of a booking page', () => {
    expect(decide({ message: "My face is swollen and I can't breathe, emergency, today" })).toBe(
      'follow_up',
    );
  });

  it('gives an integer from 1 to 100 and one sentence without the person’s words, for any text', () => {
    fc.assert(
      fc.property(
        fc.record({
          vertical: fc.constantFrom(...VERTICALS),
          message: fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.lorem()),
          name: fc.string({ unit: 'binary' }),
          phone: fc.string(),
          email: fc.string(),
          source: fc.string(),
        }),
        (enquiry) => {
          const first = scoreByRules(enquiry, contactFlags(enquiry));
          expect(Number.isInteger(first.score)).toBe(true);
          expect(first.score).toBeGreaterThanOrEqual(1);
          expect(first.score).toBeLessThanOrEqual(100);
          expect(first.reason).toMatch(/^The enquiry [a-z ,']+; [a-z ]+\.$/);
          expect(scoreByRules(enquiry, contactFlags(enquiry))).toEqual(first);
        },
      ),
    );
  });

  it('names a sales pitch as the reason, not the booking words in it', () => {
    expect(score({ message: 'Book a call about our SEO offer' }).reason).toBe(
      'The enquiry is a sales pitch to the business; it has a usable phone and email.',
    );
  });

  it.each(VERTICALS)('has unique codes and patterns without state in the %s table', (vertical) => {
    const codes = SIGNAL_TABLES[vertical].map((signal) => signal.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const signal of SIGNAL_TABLES[vertical]) {
      expect(signal.code).toMatch(/^[a-z][a-z_]+$/);
      // A global or sticky pattern would remember its last match between enquiries.
      expect(signal.pattern.flags).not.toMatch(/[gy]/);
    }
  });
});

describe('an enquiry that tries to instruct the scoring', () => {
  it('has at least twenty examples', () => {
    expect(injections().length).toBeGreaterThanOrEqual(20);
  });

  it.each(injections().map((item) => [item.id, item] as const))(
    '%s is noticed and never book_now',
    (_id, { vertical, enquiry }) => {
      const result = score({ ...enquiry, vertical });
      expect(result.steering).toBe(true);
      expect(decisionOfScore(result.score, DEFAULT_THRESHOLDS)).not.toBe('book_now');
    },
  );

  it('gains nothing from being added to any other text', () => {
    const attempts = injections()
      .filter((item) => !item.kind.startsWith('in_'))
      .map((item) => item.enquiry.message ?? '');
    fc.assert(
      fc.property(
        fc.constantFrom(...attempts),
        fc.lorem({ mode: 'sentences', maxCount: 3 }),
        fc.constantFrom('Please book me for today.', 'I want an appointment asap.', ''),
        (attempt, noise, wish) => {
          const result = score({ message: `${noise} ${wish} ${attempt}` });
          expect(decisionOfScore(result.score, DEFAULT_THRESHOLDS)).not.toBe('book_now');
        },
      ),
    );
  });

  it.each([
    'My credit score is 720, can I book a consultation?',
    'Please ignore my last text and book me for Friday.',
    'Book now please, I need a cleaning!',
    'I want to schedule a follow up visit for my crown.',
  ])('is not seen in the honest words "%s"', (message) => {
    expect(score({ message }).steering).toBe(false);
  });
});
