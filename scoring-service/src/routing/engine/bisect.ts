/**
 * The smallest whole number in [low, high] for which `test` holds, given that it holds for `high`
 * and, once it holds, for every larger number.
 */
export function firstHolding(low: number, high: number, test: (value: number) => boolean): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (test(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}
