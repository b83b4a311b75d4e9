import { placeholderPattern } from './templates.js';

/** Values by placeholder; null, absent and blank all mean "we do not know". */
export type TemplateValues = Readonly<Record<string, string | null | undefined>>;

const LONGEST_NAME = 40;
const LONGEST_VALUE = 160;
const LONGEST_URL = 500;

/** Something that a phone would turn into a link, or a number to call. */
const LINK_OR_NUMBER = /:\/\/|www\.|@|\b[\p{L}\p{N}-]+\.\p{L}{2,}\b|(?:\d[\s().-]?){5,}/iu;

function oneLine(value: string): string {
  return value
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function capped(value: string, longest: number): string {
  const characters = [...value];
  if (characters.length <= longest) return value;
  const cut = characters.slice(0, longest).join('');
  // Not in the middle of a word, unless it is all one word.
  return (characters[longest] === ' ' ? cut : cut.replace(/\s+\S*$/, '')).trim();
}

/**
 * A name fit to be greeted with: letters, digits, spaces and name punctuation, at most 40
 * characters. A name that carries a link, an address or a phone number is somebody using us to
 * send their text, so it counts as no name.
 */
export function safeName(name: string | null | undefined): string {
  const line = oneLine(name ?? '');
  if (LINK_OR_NUMBER.test(line)) return '';
  return capped(
    line
      .replace(/[^\p{L}\p{M}\p{N}'’. -]/gu, '')
      .replace(/\s+/g, ' ')
      .trim(),
    LONGEST_NAME,
  );
}

function safeValue(placeholder: string, value: string | null | undefined): string {
  if (placeholder === 'name') return safeName(value);
  const line = oneLine(value ?? '');
  // Half a link leads nowhere, so a longer one counts as missing.
  if (placeholder.endsWith('_url')) return line.length <= LONGEST_URL ? line : '';
  return capped(line, LONGEST_VALUE);
}

/** Without the name, the space or bracket that led to it goes too: "Hi {{name}}," → "Hi,". */
function withoutName(sentence: string): string {
  return sentence
    .replace(/\s*[([]\s*\{\{\s*name\s*\}\}\s*[)\]]/g, '')
    .replace(/,?[ \t]*\{\{\s*name\s*\}\}(?=\s*[,.!?:;]|\s*$)/g, '')
    .replace(/\{\{\s*name\s*\}\}[ \t]*/g, '');
}

function fill(sentence: string, values: Map<string, string>): string {
  let filled = '';
  let end = 0;
  // One pass: braces inside a value are never read as a placeholder.
  for (const match of sentence.matchAll(placeholderPattern)) {
    filled += sentence.slice(end, match.index) + (values.get(match[1] ?? '') ?? '');
    end = match.index + match[0].length;
    // "Urgent: call 911." into "{{urgent_route}}." must not end in two full stops.
    if (/[.!?]$/.test(filled) && sentence[end] === '.') end += 1;
  }
  return filled + sentence.slice(end);
}

/**
 * The text of a message. Values are put on one line and capped; a missing name is left out with
 * its space, and a sentence that needs any other missing value is left out whole, so the text
 * always reads well. "" when nothing is left. Template and values should have been validated.
 *
 * @example renderTemplate('Hi {{name}}, welcome.', {}) // 'Hi, welcome.'
 */
export function renderTemplate(template: string, values: TemplateValues): string {
  const safe = new Map<string, string>();
  for (const match of template.matchAll(placeholderPattern)) {
    const name = match[1] ?? '';
    if (!safe.has(name))
      safe.set(name, safeValue(name, Object.hasOwn(values, name) ? values[name] : null));
  }
  const paragraphs = template.replace(/\r\n?/g, '\n').split('\n');
  return paragraphs
    .map((paragraph) =>
      paragraph
        .split(/(?<=[.!?])\s+/)
        .map((sentence) => (safe.get('name') === '' ? withoutName(sentence) : sentence))
        .filter((sentence) =>
          [...sentence.matchAll(placeholderPattern)].every(
            (match) => safe.get(match[1] ?? '') !== '',
          ),
        )
        .map((sentence) => fill(sentence, safe).trim())
        .filter((sentence) => sentence !== '')
        .join(' '),
    )
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
