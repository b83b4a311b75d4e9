const TITLE_AT_END = /\b(?:dr|mr|mrs|ms|st|vs|e\.g|i\.e|no|approx)\.\s*$/i;
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
const MAX_REASON_CHARS = 300;

/**
 * Makes a model's reason fit for people: well-formed Unicode, one line, no control characters, the
 * first sentence only, at most 300 characters, closed with a full stop. Blank in, blank out.
 */
export function oneSentence(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
    .trim()
    .slice(0, 2000);
  let sentence = '';
  for (const { segment } of segmenter.segment(line)) {
    sentence += segment;
    // "Dr. Smith" is one sentence although the segmenter breaks after the title.
    if (!TITLE_AT_END.test(sentence)) break;
  }
  sentence = sentence.trim();
  if (sentence.length > MAX_REASON_CHARS) {
    sentence = `${sentence
      .slice(0, MAX_REASON_CHARS - 1)
      .toWellFormed()
      .replace(/\uFFFD$/, '')
      .trimEnd()}…`;
  }
  return sentence === '' || /[.!?…]["')\]]?$/.test(sentence) ? sentence : `${sentence}.`;
}
