import { openMinutesAfter } from '../hours/open-minutes.js';
import { isOpen, nextOpening } from '../hours/state.js';
import type { WeeklyHours } from '../hours/types.js';
import type { BusinessHours } from '../messaging/rules/index.js';
import type { Business } from './business-schema.js';

/** A business's hours in the form that deadlines and promised times are counted with. */
export function hoursOf(
  business: Pick<Business, 'timezone' | 'hours' | 'dates_off'>,
): BusinessHours {
  const hours: WeeklyHours = {
    windows: business.hours,
    dates_off: business.dates_off,
    timezone: business.timezone,
  };
  return {
    zone: business.timezone,
    isOpen: (at) => isOpen(hours, at),
    nextOpening: (at) => nextOpening(hours, at),
    openMinutesAfter: (at, minutes) => openMinutesAfter(hours, at, minutes),
  };
}
