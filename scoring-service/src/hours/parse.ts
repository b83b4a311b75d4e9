import type { WeeklyWindow } from './types.js';

/** Windows read from text, or the reason why it cannot be read. */
export type ParsedHours = { ok: true; windows: WeeklyWindow[] } | { ok: false; message: string };

const DAY_NAMES = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
const ENTRY = /^([a-z]+(?:\s*-\s*[a-z]+)?)?\s*((?:\d[\d:]*\s*-\s*\d[\d:]*)?)$/i;
const TIME = /^(\d{1,2}):(\d{2})$/;

class HoursTextError extends Error {}

function parseDay(name: string): number {
  const wanted = name.toLowerCase();
  const index = DAY_NAMES.findIndex(
    (day) => day === wanted || (wanted.length >= 3 && day.startsWith(wanted)),
  );
  if (index < 0) throw new HoursTextError(`"${name}" is no weekday; use Mon, Tue, … Sun`);
  return index + 1;
}

function parseDays(text: string): number[] {
  const [first = '', last] = text.split('-').map((part) => part.trim());
  const from = parseDay(first);
  if (last === undefined) return [from];
  const to = parseDay(last);
  const days = [from];
  // Fri-Mon runs over the end of the week.
  for (let day = from; day !== to; days.push(day)) day = (day % 7) + 1;
  return days;
}

function parseTime(text: string, isEnd: boolean): string {
  const [, hour, minute] = TIME.exec(text) ?? [];
  const total = hour && minute ? Number(hour) * 60 + Number(minute) : NaN;
  const valid = Number(minute) < 60 && total <= (isEnd ? 1440 : 1439);
  if (!hour || !minute || !valid) {
    const latest = isEnd ? '24:00' : '23:59';
    throw new HoursTextError(`"${text}" is no time from 00:00 to ${latest}; write it as 09:00`);
  }
  return `${hour.padStart(2, '0')}:${minute}`;
}

function parseTimes(text: string): { start: string; end: string } {
  const [from = '', to = ''] = text.split('-').map((part) => part.trim());
  const start = parseTime(from, false);
  const end = parseTime(to, true);
  if (start === end) {
    throw new HoursTextError(
      `"${text}" starts and ends at the same time; use 00:00-24:00 for a whole day`,
    );
  }
  return { start, end };
}

function parseEntries(text: string): WeeklyWindow[] {
  const windows: WeeklyWindow[] = [];
  let days: number[] = [];
  let waiting = false; // days were named whose times are still to come
  for (const entry of text.split(/[,;]/).map((part) => part.trim())) {
    const [matched, dayText, times] = ENTRY.exec(entry) ?? [];
    if (!matched) {
      throw new HoursTextError(
        `"${entry}" is not understood; write days and times as Mon-Fri 09:00-17:00`,
      );
    }
    if (dayText) days = [...new Set([...(waiting ? days : []), ...parseDays(dayText)])];
    if (days.length === 0) throw new HoursTextError(`"${entry}" names no weekday`);
    waiting = !times;
    if (times) windows.push({ days: days.toSorted((a, b) => a - b), ...parseTimes(times) });
  }
  if (waiting) throw new HoursTextError('the last weekdays have no times; add them as 09:00-17:00');
  return windows;
}

/**
 * Reads weekly hours from the form used in settings: `Mon-Fri 09:00-17:00`, several separated by
 * commas or semicolons. `Mon-Sun 00:00-24:00` is always; `Fri 22:00-02:00` ends on Saturday;
 * `Mon,Wed 09:00-12:00, 13:00-17:00` gives both days both windows. Names of days may be short or
 * whole, in any case. Never throws; the message quotes the part that is wrong.
 */
export function parseWeeklyHours(text: string): ParsedHours {
  try {
    return { ok: true, windows: parseEntries(text.replaceAll(/[–—]/g, '-')) };
  } catch (error) {
    if (error instanceof HoursTextError) return { ok: false, message: error.message };
    throw error;
  }
}
