import { IANAZone } from 'luxon';

const MS_PER_MINUTE = 60_000;

/** Tells UTC and local time apart in one zone. */
export type OffsetAt = (at: number) => number;

/**
 * True for a time zone name that the IANA database (as shipped with Node) knows. Fixed offsets
 * such as `+05:00`, which `Intl` also takes, are refused: they know no daylight saving.
 */
export function isIanaZone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);
}

/**
 * Returns the function from epoch milliseconds to the zone's offset (local − UTC) in milliseconds.
 * Throws a RangeError for a name that is no IANA zone.
 */
export function zoneOffset(name: string): OffsetAt {
  const zone = IANAZone.create(name);
  if (!zone.isValid) throw new RangeError(`Unknown time zone: ${name}`);
  return (at) => Math.round(zone.offset(at) * MS_PER_MINUTE);
}

/**
 * The instant in (after, until] at which the offset stops being the one of `after`. The offsets at
 * both ends must differ; spans of about a day hold at most one change of clocks. Exact, because
 * the time zone database knows no changes between whole seconds.
 */
export function offsetChange(offsetAt: OffsetAt, after: number, until: number): number {
  const before = offsetAt(after);
  let low = Math.floor(after / 1000);
  let high = Math.ceil(until / 1000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000) === before) low = middle;
    else high = middle;
  }
  return high * 1000;
}
