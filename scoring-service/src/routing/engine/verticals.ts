/** The key of the entry that accepts every vertical. */
export const ALL_VERTICALS = 'all';

/** How verticals are compared: trimmed, without regard to case. A blank one is none at all. */
export function verticalKey(vertical: string | null): string | null {
  if (vertical === null) return null;
  const key = vertical.trim().toLowerCase();
  return key === '' ? null : key;
}

/** The keys of an order's verticals, each once. */
export function verticalKeys(verticals: readonly string[]): readonly string[] {
  const keys = new Set<string>();
  for (const vertical of verticals) {
    const key = verticalKey(vertical);
    if (key !== null) keys.add(key);
  }
  return [...keys];
}

/**
 * For each row, 1 when its order refuses a vertical and 0 when it takes it. One array per vertical,
 * made when first asked for. Verticals that no order names share one array, so the index holds no
 * more arrays than the orders name verticals, whatever leads say.
 */
export interface VerticalIndex {
  refusals(key: string | null): Uint8Array;
}

/** Builds the index over the vertical keys of the orders, in row order. */
export function indexVerticals(keysOfRows: readonly (readonly string[])[]): VerticalIndex {
  const byKey = new Map<string, Uint8Array>();

  function onlyAll(): Uint8Array {
    const known = byKey.get(ALL_VERTICALS);
    if (known !== undefined) return known;
    const { refusals } = refuse(keysOfRows, ALL_VERTICALS);
    byKey.set(ALL_VERTICALS, refusals);
    return refusals;
  }

  return {
    refusals(key) {
      // A lead without a vertical, or with one that no order names, is taken only by "All".
      if (key === null) return onlyAll();
      const known = byKey.get(key);
      if (known !== undefined) return known;
      const { refusals, named } = refuse(keysOfRows, key);
      if (!named) return onlyAll();
      byKey.set(key, refusals);
      return refusals;
    },
  };
}

function refuse(
  keysOfRows: readonly (readonly string[])[],
  key: string,
): { refusals: Uint8Array; named: boolean } {
  const refusals = new Uint8Array(keysOfRows.length);
  let named = false;
  // A plain loop: a book may be made for a single lead, and this pass is then a good part of it.
  for (let row = 0; row < keysOfRows.length; row++) {
    const keys = keysOfRows[row] ?? [];
    if (keys.includes(key)) named = true;
    else if (!keys.includes(ALL_VERTICALS)) refusals[row] = 1;
  }
  return { refusals, named };
}
