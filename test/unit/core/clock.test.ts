import { validate, version } from 'uuid';

import { createIds, iso } from '../../../scoring-service/src/core/clock.js';

describe('ids', () => {
  test('are UUIDv7 of their millisecond, all different', () => {
    const newId = createIds(() => Date.parse('2026-03-10T15:00:00.123Z'));
    const ids = Array.from({ length: 2000 }, newId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(validate(id) && version(id)).toBe(7);
      expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(1773154800123);
    }
  });

  test('made later sort later, within a millisecond and when the clock goes back', () => {
    let at = 1_773_154_800_000;
    const newId = createIds(() => at);
    const ids: string[] = [];
    for (const step of [0, 1, 0, -500, 0, 3, 1000]) {
      at += step;
      for (let n = 0; n < 300; n += 1) ids.push(newId());
    }
    expect([...ids].sort()).toEqual(ids);
  });

  test('two makers share nothing', () => {
    const [one, two] = [createIds(() => 1), createIds(() => 1)];
    expect(one()).not.toBe(two());
  });
});

test('a moment is the same text however often and in whatever order it is asked for', () => {
  for (const ms of [0, 1, 1, 0, 1_773_154_800_123, 0])
    expect(iso(ms)).toBe(new Date(ms).toISOString());
  expect(() => iso(Number.NaN)).toThrow(RangeError);
});
