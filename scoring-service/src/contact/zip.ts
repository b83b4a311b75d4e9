/**
 * ZIP → state by the first three digits. Public source: USPS, L002 "3-Digit ZIP Code Prefix
 * Matrix" (Domestic Mail Manual labeling lists), which names the state each prefix serves.
 * Military prefixes (090–098, 340, 962–966) belong to no state and are left out.
 */
const RANGES =
  '005 NY, 006-007 PR, 008 VI, 009 PR, 010-027 MA, 028-029 RI, 030-038 NH, 039-049 ME, ' +
  '050-054 VT, 055 MA, 056-059 VT, 060-069 CT, 070-089 NJ, 100-149 NY, 150-196 PA, 197-199 DE, ' +
  '200 DC, 201 VA, 202-205 DC, 206-219 MD, 220-246 VA, 247-268 WV, 270-289 NC, 290-299 SC, ' +
  '300-319 GA, 320-339 FL, 341-342 FL, 344 FL, 346-347 FL, 349 FL, 350-369 AL, 370-385 TN, ' +
  '386-397 MS, 398-399 GA, 400-427 KY, 430-459 OH, 460-479 IN, 480-499 MI, 500-528 IA, ' +
  '530-549 WI, 550-567 MN, 569 DC, 570-577 SD, 580-588 ND, 590-599 MT, 600-629 IL, 630-658 MO, ' +
  '660-679 KS, 680-693 NE, 700-714 LA, 716-729 AR, 730-732 OK, 733 TX, 734-749 OK, 750-799 TX, ' +
  '800-816 CO, 820-831 WY, 832-838 ID, 840-847 UT, 850-865 AZ, 870-884 NM, 885 TX, 889-898 NV, ' +
  '900-961 CA, 967-968 HI, 970-979 OR, 980-994 WA, 995-999 AK';

/** ZIP codes whose prefix serves another state or several territories (same source). */
const EXCEPTIONS: readonly (readonly [from: number, to: number, state: string])[] = [
  [6390, 6390, 'NY'], // Fishers Island
  [96799, 96799, 'AS'],
  [96910, 96932, 'GU'],
  [96950, 96952, 'MP'],
];

const stateByPrefix = new Map<number, string>();
for (const entry of RANGES.split(', ')) {
  const [range = '', state = ''] = entry.split(' ');
  const [from = '', to = from] = range.split('-');
  for (let prefix = Number(from); prefix <= Number(to); prefix += 1) {
    stateByPrefix.set(prefix, state);
  }
}

/**
 * The state of a US ZIP code ("75001", "75001-1234", "750011234"); null for anything else,
 * military ZIP codes included.
 */
export function stateOfZip(zip: string | null | undefined): string | null {
  const digits = /^\s*(\d{5})(?:[-\s]?\d{4})?\s*$/.exec(zip ?? '')?.[1];
  if (digits === undefined) return null;
  const number = Number(digits);
  const exception = EXCEPTIONS.find(([from, to]) => number >= from && number <= to);
  return exception?.[2] ?? stateByPrefix.get(Math.floor(number / 100)) ?? null;
}
