import { foldText } from './name.js';

/** A US state, the District of Columbia or an inhabited territory. */
export interface UsState {
  code: string;
  name: string;
  /** Every IANA time zone in civil use there; several for split states. */
  zones: readonly string[];
}

const EASTERN = 'America/New_York';
const CENTRAL = 'America/Chicago';
const MOUNTAIN = 'America/Denver';
const PACIFIC = 'America/Los_Angeles';
const BOISE = 'America/Boise';

type Row = readonly [code: string, name: string, zones: readonly string[]];

/** Zones: 49 CFR part 71 (standard time zone boundaries) and the tz database. */
const ROWS: readonly Row[] = [
  ['AL', 'Alabama', [CENTRAL]],
  ['AK', 'Alaska', ['America/Anchorage', 'America/Adak']],
  ['AZ', 'Arizona', ['America/Phoenix', MOUNTAIN]], // the Navajo Nation keeps daylight time
  ['AR', 'Arkansas', [CENTRAL]],
  ['CA', 'California', [PACIFIC]],
  ['CO', 'Colorado', [MOUNTAIN]],
  ['CT', 'Connecticut', [EASTERN]],
  ['DE', 'Delaware', [EASTERN]],
  ['DC', 'District of Columbia', [EASTERN]],
  ['FL', 'Florida', [EASTERN, CENTRAL]],
  ['GA', 'Georgia', [EASTERN]],
  ['HI', 'Hawaii', ['Pacific/Honolulu']],
  ['ID', 'Idaho', [BOISE, PACIFIC]],
  ['IL', 'Illinois', [CENTRAL]],
  ['IN', 'Indiana', ['America/Indiana/Indianapolis', CENTRAL]],
  ['IA', 'Iowa', [CENTRAL]],
  ['KS', 'Kansas', [CENTRAL, MOUNTAIN]],
  ['KY', 'Kentucky', [EASTERN, CENTRAL]],
  ['LA', 'Louisiana', [CENTRAL]],
  ['ME', 'Maine', [EASTERN]],
  ['MD', 'Maryland', [EASTERN]],
  ['MA', 'Massachusetts', [EASTERN]],
  ['MI', 'Michigan', ['America/Detroit', 'America/Menominee']],
  ['MN', 'Minnesota', [CENTRAL]],
  ['MS', 'Mississippi', [CENTRAL]],
  ['MO', 'Missouri', [CENTRAL]],
  ['MT', 'Montana', [MOUNTAIN]],
  ['NE', 'Nebraska', [CENTRAL, MOUNTAIN]],
  ['NV', 'Nevada', [PACIFIC, MOUNTAIN]], // West Wendover is on Mountain time
  ['NH', 'New Hampshire', [EASTERN]],
  ['NJ', 'New Jersey', [EASTERN]],
  ['NM', 'New Mexico', [MOUNTAIN]],
  ['NY', 'New York', [EASTERN]],
  ['NC', 'North Carolina', [EASTERN]],
  ['ND', 'North Dakota', [CENTRAL, MOUNTAIN]],
  ['OH', 'Ohio', [EASTERN]],
  ['OK', 'Oklahoma', [CENTRAL]],
  ['OR', 'Oregon', [PACIFIC, BOISE]], // most of Malheur County is on Mountain time
  ['PA', 'Pennsylvania', [EASTERN]],
  ['RI', 'Rhode Island', [EASTERN]],
  ['SC', 'South Carolina', [EASTERN]],
  ['SD', 'South Dakota', [CENTRAL, MOUNTAIN]],
  ['TN', 'Tennessee', [EASTERN, CENTRAL]],
  ['TX', 'Texas', [CENTRAL, MOUNTAIN]],
  ['UT', 'Utah', [MOUNTAIN]],
  ['VT', 'Vermont', [EASTERN]],
  ['VA', 'Virginia', [EASTERN]],
  ['WA', 'Washington', [PACIFIC]],
  ['WV', 'West Virginia', [EASTERN]],
  ['WI', 'Wisconsin', [CENTRAL]],
  ['WY', 'Wyoming', [MOUNTAIN]],
  ['PR', 'Puerto Rico', ['America/Puerto_Rico']],
  ['VI', 'U.S. Virgin Islands', ['America/St_Thomas']],
  ['GU', 'Guam', ['Pacific/Guam']],
  ['AS', 'American Samoa', ['Pacific/Pago_Pago']],
  ['MP', 'Northern Mariana Islands', ['Pacific/Saipan']],
];

export const usStates: readonly UsState[] = ROWS.map(([code, name, zones]) => ({
  code,
  name,
  zones,
}));

/** Other names people write. */
const ALIASES: readonly (readonly [string, string])[] = [
  ['washington dc', 'DC'],
  ['washington state', 'WA'],
  ['virgin islands', 'VI'],
  ['us virgin islands', 'VI'],
  ['commonwealth of the northern mariana islands', 'MP'],
];

/** "D.C." and "dc", "N.Y." and "NY", "new  york" and "New York" are one. */
function lookupKey(input: string): string {
  return foldText(input)
    .replace(/\./g, '')
    .replace(/[^a-z]+/g, ' ')
    .trim();
}

const byKey = new Map<string, string>([
  ...ALIASES,
  ...usStates.flatMap(({ code, name }): [string, string][] => [
    [lookupKey(code), code],
    [lookupKey(name), code],
  ]),
]);

const byCode = new Map(usStates.map((state) => [state.code, state]));

/**
 * The two-letter code of a US state, DC or territory from its code or full English name in any
 * case ("tx", "Texas", "D.C.", "US-NY"); null for anything else.
 */
export function normalizeState(input: string | null | undefined): string | null {
  const key = lookupKey(input ?? '');
  return byKey.get(key) ?? byKey.get(key.replace(/^us /, '')) ?? null;
}

/** The time zones of a two-letter state code, [] when it is not one. Split states have several. */
export function zonesOfUsState(code: string): readonly string[] {
  return byCode.get(code)?.zones ?? [];
}
