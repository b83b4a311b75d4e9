import type { WeeklyHours } from '../../../scoring-service/src/hours/types.js';

const MINUTE = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock on the wall of the zone shows: a date and a minute of the day. */
function wallClock(zone: string, at: number): { date: string; minute: number } {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(zone, format);
  }
  const [date = '', time = ''] = format.format(at).split(', ');
  return { date, minute: Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)) };
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
}

function minutes(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}

/**
 * Contact hours judged one minute at a time from what the wall clock shows: slow, obvious, and
 * without luxon, offsets or boundaries, so that it shares no mistake with the real thing.
 */
export function openAtMinute(hours: WeeklyHours, at: number): boolean {
  const { date, minute } = wallClock(hours.timezone, at);
  const yesterday = dayBefore(date);
  const weekday = (text: string) => new Date(text).getUTCDay() || 7;
  const off = (text: string) =>
    (hours.dates_off ?? []).includes(text) || (hours.days_off ?? []).includes(weekday(text));
  if (off(date)) return false;
  return hours.windows.some(({ days, start, end }) => {
    const [from, to] = [minutes(start), minutes(end)];
    const startedToday = days.includes(weekday(date));
    if (from < to) return startedToday && from <= minute && minute < to;
    const startedYesterday = days.includes(weekday(yesterday)) && !off(yesterday);
    return (startedToday && minute >= from) || (startedYesterday && minute < to);
  });
}

/** The state of every minute from `from`, in order. */
export function minuteByMinute(hours: WeeklyHours, from: number, count: number): boolean[] {
  return Array.from({ length: count }, (_, index) => openAtMinute(hours, from + index * MINUTE));
}
