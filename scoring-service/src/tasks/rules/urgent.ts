import { foldText } from '../../contact/name.js';

/** Words; in scripts written without spaces every character is one. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu;

function wordsOf(text: string): string[] {
  // "can't" and "cant" are one word.
  return (
    foldText(text)
      .replace(/['’‘`´ʼ]/g, '')
      .match(WORD) ?? []
  );
}

function contains(words: readonly string[], phrase: readonly string[]): boolean {
  if (phrase.length === 0) return false;
  return words.some((_, start) => phrase.every((word, offset) => words[start + offset] === word));
}

/**
 * The keywords that occur in a text, as configured and in their order, each once: whole words
 * only, whatever the case, accents and punctuation; a keyword of several words must occur as a
 * phrase. They mark a task for review and declare nothing.
 *
 * @example matchUrgent('Severe PAIN, swollen jaw', ['swollen', 'severe pain', 'ain']) // ['swollen', 'severe pain']
 */
export function matchUrgent(
  text: string | null | undefined,
  keywords: readonly string[],
): string[] {
  const words = wordsOf(text ?? '');
  return [...new Set(keywords.map((keyword) => keyword.trim()))].filter((keyword) =>
    contains(words, wordsOf(keyword)),
  );
}
