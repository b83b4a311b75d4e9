/**
 * One opening, repeated on the given weekdays. It belongs to the weekday it starts on: an `end`
 * at or before `start` lies on the following day.
 */
export interface WeeklyWindow {
  /** ISO weekdays, Monday = 1 … Sunday = 7. */
  days: readonly number[];
  /** Wall-clock `HH:MM`, inclusive. */
  start: string;
  /** Wall-clock `HH:MM`, exclusive; `24:00` is the end of the day. */
  end: string;
}

/** Weekly openings of one place, read on the wall clock of its zone. */
export interface WeeklyHours {
  windows: readonly WeeklyWindow[];
  /** Local dates `YYYY-MM-DD` that are shut from midnight to midnight. */
  dates_off?: readonly string[];
  /** ISO weekdays that are shut from midnight to midnight, whatever the windows say. */
  days_off?: readonly number[];
  /** IANA time zone name. */
  timezone: string;
}

/** Open or shut at one instant, and until when that answer holds. */
export interface HoursState {
  open: boolean;
  /**
   * Epoch milliseconds of the first instant at which `open` differs; null when it stays as it is
   * (for a closed place: when nothing opens within `HORIZON_DAYS`).
   */
  changes_at: number | null;
}
