import { zonesOfUsState } from '../us-states.js';
import { stateOfNumber } from './area-codes.js';
import { numberZones } from './number-zones.data.js';

export { stateOfNumber } from './area-codes.js';
export { numberZonesSource } from './number-zones.data.js';

const zonesByPrefix = new Map<string, readonly string[]>();
let longestPrefix = 0;
for (const [zones, prefixes] of numberZones) {
  const list = zones.split(' ');
  for (const prefix of prefixes.split(' ')) {
    zonesByPrefix.set(prefix, list);
    longestPrefix = Math.max(longestPrefix, prefix.length);
  }
}

/**
 * The time zones a number in E.164 can be in, by the longest known prefix; the whole region's
 * zones when nothing finer is known (for a US area code newer than the data: its state's). []
 * when the number is of no known region. Names are IANA names, some of them older aliases.
 */
export function zonesOfNumber(e164: string): readonly string[] {
  const digits = e164.replace(/\D/g, '');
  for (let length = Math.min(longestPrefix, digits.length); length > 0; length -= 1) {
    const zones = zonesByPrefix.get(digits.slice(0, length));
    if (zones === undefined) continue;
    const state = length === 1 ? stateOfNumber(e164) : null;
    return state === null ? zones : zonesOfUsState(state);
  }
  return [];
}
