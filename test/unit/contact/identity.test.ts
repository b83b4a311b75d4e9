import { IANAZone } from 'luxon';

import {
  normalizeEmail,
  normalizeName,
  normalizeState,
  stateOfNumber,
  stateOfZip,
  usStates,
  zonesOfNumber,
  zonesOfUsState,
} from '../../../scoring-service/src/contact/index.js';
import { numberZones } from '../../../scoring-service/src/contact/zones/number-zones.data.js';

describe('normalizeEmail', () => {
  test('case and space do not count, dots and tags do', () => {
    expect(normalizeEmail('  Ana.Diaz+x@Example.COM ')).toBe('ana.diaz+x@example.com');
    expect(normalizeEmail('anadiaz@example.com')).not.toBe(normalizeEmail('ana.diaz@example.com'));
  });
  test.each([
    '',
    'ana',
    'ana@',
    '@example.com',
    'ana@example',
    'a b@example.com',
    'a@b@example.com',
    null,
  ])('%p is no address', (input) => {
    expect(normalizeEmail(input)).toBeNull();
  });
});

describe('normalizeName', () => {
  test.each([
    ['  José  O’Brien-Smith ', 'jose obrien smith'],
    ["JOSE O'BRIEN SMITH", 'jose obrien smith'],
    ['Jörg Weiß', 'jorg weiss'],
    ['Łukasz Sørensen', 'lukasz sorensen'],
    ['Dr. J. Smith', 'dr j smith'],
    ['李 小龙', '李 小龙'],
  ])('%s is compared as %s', (input, key) => {
    expect(normalizeName(input)).toBe(key);
  });
  test.each(['', '  ', '-', '…', null, undefined])('%p is no name', (input) => {
    expect(normalizeName(input)).toBeNull();
  });
});

describe('US states', () => {
  test('there are 50 states, the District and five territories', () => {
    expect(usStates).toHaveLength(56);
    expect(new Set(usStates.map(({ code }) => code)).size).toBe(56);
  });
  test('every code and every name finds its state, in any case', () => {
    for (const { code, name } of usStates) {
      expect(
        [code, code.toLowerCase(), name, name.toUpperCase(), `US-${code}`].map(normalizeState),
      ).toEqual(Array(5).fill(code));
    }
  });
  test.each([
    ['D.C.', 'DC'],
    ['Washington, D.C.', 'DC'],
    ['Washington', 'WA'],
    ['Washington State', 'WA'],
    ['n. y.', null],
    ['N.Y.', 'NY'],
    ['ON', null],
    ['Ontario', null],
    ['', null],
    ['Texas County', null],
    [null, null],
  ])('%p is %p', (input, code) => {
    expect(normalizeState(input)).toBe(code);
  });
  test('every zone of every state exists', () => {
    for (const { code } of usStates) {
      expect(zonesOfUsState(code).length).toBeGreaterThan(0);
      expect(zonesOfUsState(code).filter((zone) => !IANAZone.isValidZone(zone))).toEqual([]);
    }
    expect(zonesOfUsState('XX')).toEqual([]);
  });
});

describe('stateOfZip', () => {
  test.each([
    ['75001', 'TX'],
    ['75001-1234', 'TX'],
    ['750011234', 'TX'],
    [' 02903 ', 'RI'],
    ['01001', 'MA'],
    ['05501', 'MA'],
    ['05401', 'VT'],
    ['06103', 'CT'],
    ['06390', 'NY'],
    ['10001', 'NY'],
    ['00501', 'NY'],
    ['20001', 'DC'],
    ['20101', 'VA'],
    ['20601', 'MD'],
    ['32301', 'FL'],
    ['34997', 'FL'],
    ['38601', 'MS'],
    ['39901', 'GA'],
    ['07001', 'NJ'],
    ['73301', 'TX'],
    ['73101', 'OK'],
    ['88510', 'TX'],
    ['88001', 'NM'],
    ['94105', 'CA'],
    ['96701', 'HI'],
    ['96799', 'AS'],
    ['96910', 'GU'],
    ['96950', 'MP'],
    ['00801', 'VI'],
    ['00901', 'PR'],
    ['99501', 'AK'],
    ['98101', 'WA'],
    ['09001', null],
    ['34001', null],
    ['96201', null],
    ['00001', null],
    ['7500', null],
    ['K1A 0B1', null],
    ['', null],
    [null, null],
  ])('%p is in %p', (zip, state) => {
    expect(stateOfZip(zip)).toBe(state);
  });
  test('every state has a ZIP code', () => {
    const found = new Set(
      Array.from({ length: 100_000 }, (_, n) => stateOfZip(String(n).padStart(5, '0'))),
    );
    expect([...found].filter((state) => state !== null).sort()).toEqual(
      usStates.map(({ code }) => code).sort(),
    );
  });
});

describe('time zones of numbers', () => {
  test('the longest prefix decides', () => {
    expect(zonesOfNumber('+12025550123')).toEqual(['America/New_York']);
    expect(zonesOfNumber('+13125550123')).toEqual(['America/Chicago']);
    expect(zonesOfNumber('+12193220123')).toEqual(['America/Chicago']); // north-west Indiana
    expect(zonesOfNumber('+12195550123')).toEqual(['America/New_York']);
    expect(zonesOfNumber('+442079460958')).toContain('Europe/London');
    expect(zonesOfNumber('+33612345678')).toEqual(['Europe/Paris']);
  });
  test('a number that says no more than its region has the region’s zones', () => {
    expect(zonesOfNumber('+18005550123').length).toBeGreaterThan(20);
    expect(zonesOfNumber('+14715550123')).toEqual(['America/Chicago']); // an area code newer than the data
    expect(zonesOfNumber('nothing')).toEqual([]);
  });
  test('every zone in the data exists', () => {
    const zones = new Set(numberZones.flatMap(([list]) => list.split(' ')));
    expect([...zones].filter((zone) => !IANAZone.isValidZone(zone))).toEqual([]);
    expect(zones.size).toBeGreaterThan(200);
  });
  test('no prefix is listed twice', () => {
    const prefixes = numberZones.flatMap(([, list]) => list.split(' '));
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });
  test.each([
    ['+19155550123', 'TX'],
    ['+14015550123', 'RI'],
    ['+18605550123', 'CT'],
    ['+12025550123', 'DC'],
    ['+17875550123', 'PR'],
    ['+16135550123', null],
    ['+18005550123', null],
    ['+442079460958', null],
  ])('the area code of %s is of %p', (e164, state) => {
    expect(stateOfNumber(e164)).toBe(state);
  });
  test('area codes and number data agree on the hours of a state’s zones', () => {
    // Two tables from different sources: each number's zones must keep the time of one of its state's.
    const offsets = (zones: readonly string[]): Set<number> =>
      new Set(
        zones.flatMap((zone) =>
          ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z'].map(
            (at, season) => IANAZone.create(zone).offset(Date.parse(at)) * 10 + season,
          ),
        ),
      );
    const odd: string[] = [];
    for (let code = 200; code < 1000; code += 1) {
      const e164 = `+1${code}5550123`;
      const state = stateOfNumber(e164);
      if (state === null) continue;
      const allowed = offsets(zonesOfUsState(state));
      if (![...offsets(zonesOfNumber(e164))].every((offset) => allowed.has(offset)))
        odd.push(`${code} ${state}`);
    }
    expect(odd).toEqual([]);
  });
});
