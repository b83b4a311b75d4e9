import { DateTime } from 'luxon';

import { iso } from '../../core/clock.js';
import { invalid } from '../../core/errors.js';

/** What an input of the type datetime-local sends. */
const FORMAT = "yyyy-MM-dd'T'HH:mm";

/** A moment as such an input shows it in a zone. */
export function localInput(at: string, timezone: string): string {
  return DateTime.fromISO(at, { zone: timezone }).toFormat(FORMAT);
}

/**
 * The moment that somebody typed as local time, ISO 8601 in UTC. Of a time that comes twice, when
 * clocks are set back, the first.
 * @throws 400 under the field's name for what is no time, or one that clocks leave out on that day
 */
export function localInstant(typed: string, timezone: string, field: string): string {
  const minute = typed.slice(0, FORMAT.length - 2);
  const at = DateTime.fromFormat(minute, FORMAT, { zone: timezone });
  if (!at.isValid) throw invalid({ [field]: 'must be a date and a time' });
  if (at.toFormat(FORMAT) !== minute) {
    throw invalid({ [field]: `does not exist on that day in ${timezone}` });
  }
  const moments = at.getPossibleOffsets().map((one) => one.toMillis());
  return iso(Math.min(at.toMillis(), ...moments));
}
