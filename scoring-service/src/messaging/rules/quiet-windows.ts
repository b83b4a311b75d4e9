/** Minutes of the local day between which texts may arrive: [from, until). */
export interface OpenWindow {
  from: number;
  until: number;
}

/** ISO weekday, 1 = Monday … 7 = Sunday. */
export type WindowOfWeekday = (weekday: number) => OpenWindow;

/** A versioned set of contact-hour rules. Not legal advice: operators see the version in use. */
export interface QuietRuleset {
  version: string;
  /** Where no stricter rule is known. */
  standard: WindowOfWeekday;
  /** Stricter rules by two-letter state code. */
  states: Readonly<Record<string, WindowOfWeekday>>;
}

const hours = (from: number, until: number): OpenWindow => ({
  from: from * 60,
  until: until * 60,
});
const daily =
  (from: number, until: number): WindowOfWeekday =>
  () =>
    hours(from, until);

const until20 = daily(8, 20);

/**
 * Federal: 08:00–21:00 at the called party (47 CFR 64.1200(c)(1)). Stricter states as their
 * telephone solicitation laws stand in November 2026.
 */
export const quietRuleset202611: QuietRuleset = {
  version: '2026-11',
  standard: daily(8, 21),
  states: {
    FL: until20,
    MD: until20,
    MS: until20,
    NJ: until20,
    OK: until20,
    CT: daily(9, 20),
    RI: (weekday) => (weekday >= 6 ? hours(10, 17) : hours(9, 18)),
    TX: (weekday) => (weekday === 7 ? hours(12, 21) : hours(9, 21)),
  },
};

/** The rule set in force; messages store its version. */
export const currentQuietRuleset = quietRuleset202611;
