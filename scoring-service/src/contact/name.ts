/** Letters that Unicode does not decompose into a base letter and a mark. */
const FOLDED: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  ı: 'i',
  ħ: 'h',
};

/** Text without case, diacritics and compatibility forms: "Ł. GARCÍA" and "l. garcia" are one. */
export function foldText(input: string): string {
  return input
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[æœøłđðþßıħ]/g, (letter) => FOLDED[letter] ?? letter);
}

/**
 * The key two full names are compared by: case, diacritics, apostrophes and punctuation do not
 * count, runs of spaces are one. The order of the words counts. Null when no letter or digit is
 * left, which means "no name was given".
 *
 * @example normalizeName("  José  O’Brien-Smith ") // 'jose obrien smith'
 */
export function normalizeName(input: string | null | undefined): string | null {
  const key = foldText(input ?? '')
    .replace(/['’‘`´ʼ]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return key === '' ? null : key;
}
