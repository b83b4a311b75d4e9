import { foldText } from '../../contact/name.js';
import {
  notOptOut,
  optOutWordings,
  politeWords,
  strongKeywords,
  wholeMessageKeywords,
} from './inbound-words.js';

export type InboundClass = 'opt_out' | 'opt_in' | 'help' | 'other';

export interface Inbound {
  class: InboundClass;
  /** The words that decided, as compared (lower case, no punctuation); null for `other`. */
  matched: string | null;
  /** Which rule decided: `keyword`, `typo`, `sign` or a wording's code; null for `other`. */
  rule: string | null;
}

const OTHER: Inbound = { class: 'other', matched: null, rule: null };

/** Longer than any text a carrier passes on (1,600 characters); the rest is not read. */
const LONGEST = 2000;

/**
 * A reaction that phones without the feature receive as a text quoting ours: `Liked “… reply STOP
 * …”` asks for nothing.
 */
const REACTION =
  /^\s*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S+ to|removed an? .{1,40} from)\s+["“„«]/iu;

const optIn: ReadonlySet<string> = new Set(['start', 'unstop', 'yes']);

/** The form in which texts are compared; sentence ends become line breaks. */
function foldInbound(body: string): string {
  return foldText(body.slice(0, LONGEST))
    .replace(/['’‘`´ʼ]/g, '')
    .replace(/[.!?;:\n\r…¡¿]+/g, '\n')
    .replace(/[^\p{L}\p{N}\n]+/gu, ' ')
    .replace(/ *\n[ \n]*/g, '\n')
    .replace(/^\s+|\s+$/g, '');
}

function withoutPoliteness(words: string): string {
  return words
    .split(' ')
    .filter((word) => !politeWords.has(word))
    .join(' ');
}

/** Optimal string alignment distance (insert, delete, replace, swap neighbours). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** A misspelt "stop" or "unsubscribe" as a message of its own. Never a real English word. */
function isTypo(words: string): boolean {
  const letters = words.replace(/ /g, '');
  if (/^(?:s+t+[o0]+p+|sotp|stpo|tsop|ztop|stiop|stopl)$/.test(letters)) return true;
  return /^un?s/.test(letters) && letters.length <= 14 && distance(letters, 'unsubscribe') <= 2;
}

/** "stop stop stop" → "stop"; "s t o p" → "stop". */
function collapse(words: string): string {
  const parts = words.split(' ');
  if (parts.length > 1 && parts.every((part) => part === parts[0])) return parts[0] ?? '';
  return parts.length > 2 && parts.every((part) => part.length === 1) ? parts.join('') : words;
}

/** The keyword a message consists of, or that is one of its sentences, its first or its last clause. */
function findKeyword(body: string, folded: string): { matched: string; rule: string } | null {
  const whole = collapse(withoutPoliteness(folded.replaceAll('\n', ' ')));
  if (strongKeywords.has(whole) || wholeMessageKeywords.has(whole)) {
    return { matched: whole, rule: 'keyword' };
  }
  if (whole !== '' && isTypo(whole)) return { matched: whole, rule: 'typo' };
  const clauses = body.slice(0, LONGEST).split(',');
  const sentences = [
    ...folded.split('\n'),
    foldInbound(clauses[0] ?? ''),
    foldInbound(clauses.at(-1) ?? ''),
  ];
  for (const sentence of sentences) {
    const clause = collapse(withoutPoliteness(sentence));
    if (strongKeywords.has(clause)) return { matched: clause, rule: 'keyword' };
  }
  return null;
}

/**
 * What an inbound text asks for. Opt-outs are recognised as keywords (STOP, STOPALL, UNSUBSCRIBE,
 * CANCEL, END, QUIT, REVOKE, OPTOUT, "opt out", Spanish ALTO, PARAR, BASTA, BAJA, French ARRET) and
 * in plain words, whatever their case, accents, punctuation, emoji or common typos. START, UNSTOP
 * and YES count only as the whole message: consent is not guessed. A person who is not opted out
 * may just be answering "yes", so treat an opt-in that lifts nothing as an ordinary text.
 *
 * @example classifyInbound('Please stop texting me').class // 'opt_out'
 * @example classifyInbound('stop by tomorrow?').class // 'other'
 */
export function classifyInbound(body: string): Inbound {
  const folded = foldInbound(body);
  const oneLine = folded.replaceAll('\n', ' ');
  if (oneLine === '') {
    return body.includes('🛑') ? { class: 'opt_out', matched: '🛑', rule: 'sign' } : OTHER;
  }
  if (optIn.has(oneLine)) return { class: 'opt_in', matched: oneLine, rule: 'keyword' };
  if (oneLine === 'help') return { class: 'help', matched: oneLine, rule: 'keyword' };
  if (REACTION.test(body)) return OTHER;

  const keyword = findKeyword(body, folded);
  if (keyword !== null) return { class: 'opt_out', ...keyword };
  for (const sentence of [...folded.split('\n'), oneLine]) {
    if (notOptOut.some((pattern) => pattern.test(sentence))) continue;
    for (const [rule, pattern] of optOutWordings) {
      const matched = pattern.exec(sentence)?.[0];
      if (matched !== undefined) return { class: 'opt_out', matched: matched.trim(), rule };
    }
  }
  return OTHER;
}
