import { clipMessage } from '../clip-message.js';

/** Letters of other scripts that look like Latin ones, used to slip words past a filter. */
// prettier-ignore
const LOOKALIKES: Record<string, string> = {
  а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i', ѕ: 's', ј: 'j', ԁ: 'd', һ: 'h',
  ο: 'o', α: 'a', ε: 'e', ι: 'i', ν: 'v', ρ: 'p', τ: 't', κ: 'k', ı: 'i',
};
const LOOKALIKE = new RegExp(`[${Object.keys(LOOKALIKES).join('')}]`, 'gu');

/**
 * The plain form that all patterns are written for: compatibility-normalised, lower case, accents
 * and invisible characters removed, typographic quotes and dashes made plain, look-alike letters
 * made Latin where they stand in a word with Latin letters. Deterministic; never throws.
 */
export function foldText(text: string): string {
  return clipMessage(text)
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/\p{L}+/gu, (word) =>
      /[a-z]/.test(word) ? word.replace(LOOKALIKE, (letter) => LOOKALIKES[letter] ?? letter) : word,
    )
    .replace(/[\u2018\u2019\u201b\u02bc`´]/g, "'")
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/[^\S\n]+/g, ' ')
    .trim();
}
