import fc from 'fast-check';

import type { AppError } from '../../../scoring-service/src/core/errors.js';
import {
  localInput,
  localInstant,
} from '../../../scoring-service/src/dashboard/data/local-time.js';

const ZONES = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'];

describe('a local time that somebody types', () => {
  test('is the moment that the field shows again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) }),
        fc.constantFrom(...ZONES),
        (ms, zone) => {
          const shown = localInput(new Date(ms).toISOString(), zone);
          const at = localInstant(shown, zone, 'at');
          expect(localInput(at, zone)).toBe(shown);
          expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/);
        },
      ),
    );
  });

  test('counts as the first of two, where clocks are set back', () => {
    expect(localInstant('2026-11-01T01:30', 'America/New_York', 'at')).toBe(
      '2026-11-01T05:30:00.000Z',
    );
  });

  test('may bring seconds, which are dropped', () => {
    expect(localInstant('2026-03-01T10:00:59', 'UTC', 'at')).toBe('2026-03-01T10:00:00.000Z');
  });

  test.each([
    ['2026-03-08T02:30', 'America/New_York', 'does not exist on that day in America/New_York'],
    ['2011-12-30T12:00', 'Pacific/Apia', 'does not exist on that day in Pacific/Apia'],
    ['', 'UTC', 'must be a date and a time'],
    ['2026-02-30T10:00', 'UTC', 'must be a date and a time'],
    ['tomorrow at ten', 'UTC', 'must be a date and a time'],
    ['2026-03-01 10:00', 'UTC', 'must be a date and a time'],
  ])('is refused when there is none: %j in %s', (typed, zone, text) => {
    expect.assertions(1);
    try {
      localInstant(typed, zone, 'scheduled_at');
    } catch (error) {
      expect((error as AppError).options.details).toEqual({ scheduled_at: text });
    }
  });
});
