import type { Signal } from './signal.js';

/** Phrases that hold a negator without negating anything. */
const NOT_A_NEGATION =
  /\b(?:can'?t|cannot) wait\b|\bwhy (?:don'?t|not)\b|\bdon'?t (?:mind|hesitate)\b|\bnot only\b|\bno (?:problem|rush|worries)\b|\bcan'?t (?:sleep|eat|chew|stand)\b/g;
const NEGATOR = String.raw`(?:not|no|don'?t|dont|never|isn'?t|aren'?t|without|won'?t|wouldn'?t|can'?t|cannot|didn'?t|haven'?t|nor)`;
/** A negator reaches at most four words ahead: "not ready to book", but not "I haven't been in years and want to book". */
const NEGATED_UP_TO_HERE = new RegExp(String.raw`\b${NEGATOR}(?: [\w']{1,20}){0,4} ?$`);

/** Splits folded text where a negation stops reaching: sentence ends, commas, "but", "however". */
export function clausesOf(folded: string): string[] {
  return folded
    .replace(NOT_A_NEGATION, ' ')
    .split(/[.!?;,:\n]+(?= |$|\n)|\n|\b(?:but|however|although)\b| - /)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
}

/** Which of `signals` the folded text shows, in table order, each at most once. */
export function matchSignals(folded: string, signals: readonly Signal[]): Signal[] {
  const clauses = clausesOf(folded);
  return signals.filter((signal) =>
    signal.scope === 'message'
      ? signal.pattern.test(folded)
      : clauses.some((clause) => matchesUnnegated(clause, signal.pattern)),
  );
}

function matchesUnnegated(clause: string, pattern: RegExp): boolean {
  for (const match of clause.matchAll(new RegExp(pattern, 'g'))) {
    if (!NEGATED_UP_TO_HERE.test(clause.slice(0, match.index))) return true;
  }
  return false;
}
