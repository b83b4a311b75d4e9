const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

function afterSpaces(text: string, at: number): number {
  let next = at;
  while (isSpace(text.charCodeAt(next))) next += 1;
  return next;
}

function afterString(text: string, at: number): number {
  let next = at + 1;
  for (; text.charCodeAt(next) !== QUOTE; next += 1) {
    if (text.charCodeAt(next) === BACKSLASH) next += 1;
  }
  return next + 1;
}

/** Where the value that starts at `at` ends. */
function afterValue(text: string, at: number): number {
  let depth = 0;
  for (let next = at; next < text.length;) {
    const code = text.charCodeAt(next);
    if (code === QUOTE) {
      next = afterString(text, next);
      if (depth === 0) return next;
      continue;
    }
    if (code === OPEN_LIST || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      if (depth === 0) return next;
      depth -= 1;
      if (depth === 0) return next + 1;
    } else if (depth === 0 && (code === COMMA || isSpace(code))) return next;
    next += 1;
  }
  return text.length;
}

function listTexts(text: string, start: number): string[] {
  const texts: string[] = [];
  let at = afterSpaces(text, start + 1);
  while (text.charCodeAt(at) !== CLOSE_LIST) {
    const end = afterValue(text, at);
    texts.push(text.slice(at, end));
    at = afterSpaces(text, end);
    if (text.charCodeAt(at) === COMMA) at = afterSpaces(text, at + 1);
  }
  return texts;
}

/**
 * The texts, as they were written, of the elements of the list that the member `name` of a JSON
 * object holds. Parsing and writing again would lose what a parser drops: large numbers' digits,
 * repeated names, spelling. Of a repeated member the last counts, as it does for the parser.
 * @param text valid JSON, an object at the top
 */
export function elementTexts(text: string, name: string): string[] {
  let found: string[] = [];
  let at = afterSpaces(text, text.indexOf('{') + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const endOfName = afterString(text, at);
    const member = JSON.parse(text.slice(at, endOfName)) as string;
    // The colon stands between the name and the value, spaces around it.
    const start = afterSpaces(text, afterSpaces(text, endOfName) + 1);
    if (member === name) {
      found = text.charCodeAt(start) === OPEN_LIST ? listTexts(text, start) : [];
    }
    at = afterSpaces(text, afterValue(text, start));
    if (text.charCodeAt(at) === COMMA) at = afterSpaces(text, at + 1);
  }
  return found;
}
