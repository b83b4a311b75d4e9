/** How values read on every page. */

/** Points and scores: two decimals. */
export function points(value: number): string {
  const text = value.toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}

const WHOLE = new Intl.NumberFormat('en-US');
const MONEY = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 0,
  maximumFractionDigits: 2,
});

export function whole(value: number): string {
  return WHOLE.format(value);
}

export function money(value: number | null): string {
  return value === null ? '–' : MONEY.format(value);
}

/** A share of 1. */
export function percent(value: number): string {
  return `${Math.round(value * 1000) / 10} %`;
}

/** "50,000+" when a count was stopped at its cap. */
export function capped(value: number, cap: number): string {
  return value > cap ? `${whole(cap)}+` : whole(value);
}

const STEPS: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** A length of time in its largest whole unit and the next: "2 h 5 min". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const at = STEPS.findIndex(([, length]) => seconds >= length);
  if (at === -1) return `${Math.max(0, Math.round(ms))} ms`;
  const [unit = 's', length = 1] = STEPS[at] ?? [];
  const next = STEPS[at + 1];
  const rest = next === undefined ? 0 : Math.floor((seconds % length) / next[1]);
  const head = `${Math.floor(seconds / length)} ${unit}`;
  return rest === 0 || next === undefined ? head : `${head} ${rest} ${next[0]}`;
}

/** "5 min ago", "in 2 h", "just now". */
export function relative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) return 'just now';
  const [unit = 's', length = 1] = STEPS.find(([, step]) => size >= step) ?? [];
  const count = `${Math.floor(size / length)} ${unit}`;
  return seconds > 0 ? `${count} ago` : `in ${count}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** "10 Mar 2026, 15:00 UTC": a moment in the service's zone, until the viewer's takes over. */
export function moment(at: number, timezone: string): string {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: timezone,
      timeZoneName: 'short',
    });
    formats.set(timezone, format);
  }
  return format.format(at);
}

/** A snake_case code as words: "credit_too_low" → "Credit too low". */
export function sentence(code: string): string {
  const words = code.replaceAll('_', ' ').trim();
  return words === '' ? words : words.charAt(0).toUpperCase() + words.slice(1);
}

/** Text cut to a length, by characters as people see them. */
export function clip(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
