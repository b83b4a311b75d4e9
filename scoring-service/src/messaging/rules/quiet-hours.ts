import { DateTime } from 'luxon';

import { normalizeState, zonesOfUsState } from '../../contact/us-states.js';
import { stateOfZip } from '../../contact/zip.js';
import { stateOfNumber, zonesOfNumber } from '../../contact/zones/index.js';
import { type QuietRuleset, type WindowOfWeekday, currentQuietRuleset } from './quiet-windows.js';

export interface QuietHoursInput {
  /** The moment asked about, milliseconds since the epoch. */
  at: number;
  e164: string;
  /** The recipient's US state (code or name) and ZIP code as received, when known. */
  state?: string | null;
  postal_code?: string | null;
  ruleset?: QuietRuleset;
}

/** The hours of one state (or the standard ones) in one time zone, at the moment asked about. */
export interface AppliedWindow {
  zone: string;
  /** Two-letter state whose hours these are; null for the standard hours. */
  state: string | null;
  /** Local times of the local day, "HH:MM". */
  from: string;
  until: string;
  open: boolean;
}

export interface QuietHours {
  quiet: boolean;
  /**
   * The first instant from `at` on (milliseconds) at which every window is open: `at` itself when
   * not quiet; null only when two weeks hold none.
   */
  send_at: number | null;
  zones: string[];
  rule_version: string;
  /** How the place was known: state or ZIP, the area code's state, or the number's zones alone. */
  basis: 'address' | 'area_code' | 'number_zones';
  windows: AppliedWindow[];
}

interface Place {
  zone: string;
  state: string | null;
  windowOf: WindowOfWeekday;
}

const HORIZON_MS = 14 * 86_400_000;

/**
 * Which hours bind. US address data are believed only for +1 numbers (75001 is a ZIP code of
 * Texas and a postal code of Paris). A state and a ZIP code that disagree both bind. Without
 * either, the number's own zones bind under the hours of its area code's state.
 */
function placesOf(input: QuietHoursInput, ruleset: QuietRuleset) {
  const isNanp = input.e164.startsWith('+1');
  const states = new Set<string>();
  if (isNanp) {
    for (const state of [normalizeState(input.state), stateOfZip(input.postal_code)]) {
      if (state !== null) states.add(state);
    }
  }
  const place = (zone: string, state: string | null): Place => ({
    zone,
    state: state !== null && ruleset.states[state] !== undefined ? state : null,
    windowOf: (state === null ? undefined : ruleset.states[state]) ?? ruleset.standard,
  });
  if (states.size > 0) {
    const places = [...states].flatMap((state) =>
      zonesOfUsState(state).map((zone) => place(zone, state)),
    );
    return { places, basis: 'address' as const };
  }
  const state = stateOfNumber(input.e164);
  const zones = zonesOfNumber(input.e164);
  return {
    places: (zones.length > 0 ? zones : ['UTC']).map((zone) => place(zone, state)),
    basis: state === null ? ('number_zones' as const) : ('area_code' as const),
  };
}

function atMinute(day: DateTime, minutes: number): DateTime {
  return day.set({
    hour: Math.floor(minutes / 60),
    minute: minutes % 60,
    second: 0,
    millisecond: 0,
  });
}

/** The first instant at or after `at` inside the place's window. */
function nextOpen(place: Place, at: number): number {
  const local = DateTime.fromMillis(at, { zone: place.zone });
  // Every day has a window, so tomorrow's opening is always an answer.
  for (let offset = 0; ; offset += 1) {
    const day = local.plus({ days: offset });
    const { from, until } = place.windowOf(day.weekday);
    if (at >= atMinute(day, until).toMillis()) continue;
    return Math.max(at, atMinute(day, from).toMillis());
  }
}

function clockTime(minutes: number): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/**
 * Whether a text would arrive in quiet hours at the recipient, and when it may go instead. Every
 * zone the recipient may be in must be open; the strictest known hours win; local time is right
 * across changes of daylight time. Pure.
 */
export function quietHours(input: QuietHoursInput): QuietHours {
  const ruleset = input.ruleset ?? currentQuietRuleset;
  const { places, basis } = placesOf(input, ruleset);
  const windows = places.map((place): AppliedWindow => {
    const { zone, state, windowOf } = place;
    const window = windowOf(DateTime.fromMillis(input.at, { zone }).weekday);
    return {
      zone,
      state,
      from: clockTime(window.from),
      until: clockTime(window.until),
      open: nextOpen(place, input.at) === input.at,
    };
  });

  // Each round moves to the latest of the places' next openings; the first instant that no place
  // moves is the earliest one open everywhere.
  let sendAt: number | null = input.at;
  for (;;) {
    const later: number = Math.max(...places.map((place) => nextOpen(place, sendAt ?? input.at)));
    if (later === sendAt) break;
    if (later > input.at + HORIZON_MS) {
      sendAt = null;
      break;
    }
    sendAt = later;
  }
  return {
    quiet: sendAt !== input.at,
    send_at: sendAt,
    zones: [...new Set(places.map(({ zone }) => zone))],
    rule_version: ruleset.version,
    basis,
    windows,
  };
}
