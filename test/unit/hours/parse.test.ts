import { parseWeeklyHours } from '../../../scoring-service/src/hours/parse.js';
import { weeklyWindowsSchema } from '../../../scoring-service/src/hours/schema.js';

/** Windows in short: days run together, then the times. */
function read(text: string): string {
  const parsed = parseWeeklyHours(text);
  if (!parsed.ok) return parsed.message;
  expect(weeklyWindowsSchema.safeParse(parsed.windows).success).toBe(true);
  return parsed.windows
    .map(({ days, start, end }) => `${days.join('')} ${start}-${end}`)
    .join(' | ');
}

describe('hours as text', () => {
  test.each([
    ['Mon-Fri 09:00-17:00', '12345 09:00-17:00'],
    ['Mon-Sun 00:00-24:00', '1234567 00:00-24:00'],
    ['Mon-Fri 09:00-17:00, Sat 10:00-14:00', '12345 09:00-17:00 | 6 10:00-14:00'],
    ['Mon-Fri 09:00-17:00;Sat 10:00-14:00', '12345 09:00-17:00 | 6 10:00-14:00'],
    ['Mon-Fri 09:00-12:00, 13:00-17:00', '12345 09:00-12:00 | 12345 13:00-17:00'],
    ['Mon, Wed 9:00-12:00; Fri 10:00-11:00', '13 09:00-12:00 | 5 10:00-11:00'],
    ['fri-MON 22:00 - 02:00', '1567 22:00-02:00'],
    ['  Saturday – Sunday   10:00–11:00 ', '67 10:00-11:00'],
  ])('%p is understood', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each([
    ['', /"" is not understood/],
    ['Mon-Fri', /no times/],
    ['09:00-17:00', /names no weekday/],
    ['Mon-Fri 09:00', /"Mon-Fri 09:00" is not understood/],
    ['Mon-Fri 09:00-17:00,', /"" is not understood/],
    ['Mo-Fri 09:00-17:00', /"Mo" is no weekday/],
    ['Mon-Xyz 09:00-17:00', /"Xyz" is no weekday/],
    ['Mon 25:00-26:00', /"25:00" is no time from 00:00 to 23:59/],
    ['Mon 24:00-02:00', /"24:00" is no time from 00:00 to 23:59/],
    ['Mon 09:00-24:30', /"24:30" is no time from 00:00 to 24:00/],
    ['Mon 09:60-10:00', /"09:60" is no time/],
    ['Mon 9-17', /"9" is no time/],
    ['Mon 09:00-09:00', /starts and ends at the same time/],
    ['always', /"always" is no weekday/],
  ])('%p is refused with the reason', (text, expected) => {
    expect(read(text)).toMatch(expected);
  });
});
