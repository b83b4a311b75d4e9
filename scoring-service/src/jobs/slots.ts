/**
 * Shares `limit` slots among groups that want up to `wanted[i]` each: round by round, so that a
 * group with little to do leaves its part to the others and none gets a second slot before every
 * other that wants one has its first. Earlier groups get the remainder.
 */
export function shareSlots(limit: number, wanted: readonly number[]): number[] {
  const shares = wanted.map(() => 0);
  let left = Math.max(0, Math.floor(limit));
  let open = wanted.map((_want, index) => index).filter((index) => (wanted[index] ?? 0) > 0);
  while (left > 0 && open.length > 0) {
    const each = Math.max(1, Math.floor(left / open.length));
    for (const index of open) {
      const got = Math.min(each, left, (wanted[index] ?? 0) - (shares[index] ?? 0));
      shares[index] = (shares[index] ?? 0) + got;
      left -= got;
    }
    open = open.filter((index) => (shares[index] ?? 0) < (wanted[index] ?? 0));
  }
  return shares;
}
