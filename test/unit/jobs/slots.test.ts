import fc from 'fast-check';

import { shareSlots } from '../../../scoring-service/src/jobs/slots.js';

const limits = fc.integer({ min: 0, max: 200 });
const wishes = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 20 });
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

describe('sharing slots', () => {
  test('gives everybody what they want when there is enough', () => {
    expect(shareSlots(100, [3, 0, 5])).toEqual([3, 0, 5]);
  });

  test('divides evenly what is too little, the remainder to the first', () => {
    expect(shareSlots(7, [100, 100, 100])).toEqual([3, 2, 2]);
    expect(shareSlots(2, [9, 9, 9])).toEqual([1, 1, 0]);
  });

  test('passes on what a modest group leaves', () => {
    expect(shareSlots(10, [1, 100, 100])).toEqual([1, 5, 4]);
  });

  test('uses every slot that somebody wants, and never gives more than is wanted', () => {
    fc.assert(
      fc.property(limits, wishes, (limit, wanted) => {
        const shares = shareSlots(limit, wanted);
        expect(shares.every((share, index) => share >= 0 && share <= (wanted[index] ?? 0))).toBe(
          true,
        );
        expect(sum(shares)).toBe(Math.min(limit, sum(wanted)));
      }),
    );
  });

  test('nobody has two more than another who still wants one', () => {
    fc.assert(
      fc.property(limits, wishes, (limit, wanted) => {
        const shares = shareSlots(limit, wanted);
        shares.forEach((share, index) => {
          if (share >= (wanted[index] ?? 0)) return;
          expect(Math.max(...shares) - share).toBeLessThanOrEqual(1);
        });
      }),
    );
  });
});
