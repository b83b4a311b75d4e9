import { foldText } from './fold-text.js';

/**
 * Texts that address the scorer instead of the business: they try to set the score, the decision
 * or the rules. Written for folded text; each entry is one family of attempts.
 */
const STEERING: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|overrule|bypass|discard|skip)\b[^.\n]{0,60}\b(?:instructions?|rules?|prompts?|guidelines|scoring|everything (?:above|before))\b/,
  /\b(?:ignora|olvida|ignorez|oubliez|ignoriere|vergiss|ignore)\b[^.\n]{0,40}\b(?:instrucciones|instructions|anweisungen|instrucoes|regole|istruzioni|reglas|regles)\b/,
  /\b(?:book_now|follow_up|low_quality)\b/,
  /(?<!credit )(?<!fico )\bscore\b[^.\n]{0,12}(?:9\d|100)\b/,
  /\b(?:score|rate|rank|grade|mark|qualify|approve)\b[^.\n]{0,25}\b(?:this|the|my|me|every|each)\b[^.\n]{0,25}\b(?:lead|enquiry|inquiry|customer|message|as)\b[^.\n]{0,30}\b(?:\d{2,3}|book|booked|highest|qualified|vip|hot)\b/,
  /\b(?:highest|maximum|max|perfect|top|full) score\b|\b100 ?\/ ?100\b|\bone hundred points\b/,
  /\b(?:lead|enquiry|inquiry|customer|answer)\b[^.\n]{0,20}\b(?:must|should|has to) be (?:booked|scored|approved|rated)\b/,
  /<\|?\/?(?:im_start|im_end|system|user|assistant|enquiry|instructions?)\b|\[\/?inst\]|<<\/?sys>>|"role" ?:/,
  /(?:^|\n|[.!?#]) ?(?:system|assistant|developer) ?:/,
  /\b(?:system prompt|admin override|developer mode|jailbreak)\b|\b(?:new|updated) instructions\b/,
  /\b(?:note|message|instruction)s? (?:to|for) (?:the )?(?:ai|a\.i\.|model|assistant|llm|bot|scorer)\b/,
  /\byou are (?:now|no longer) (?:an?|the|in)\b|\bfrom now on\b[^.\n]{0,20}\b(?:respond|answer|output|reply|return|you)\b/,
  /\b(?:override|change|ignore|pretend)\b[^.\n]{0,20}\b(?:the |your )?(?:scoring|rules)\b/,
  /\b(?:evaluate|evaluating|qualifying|scoring) (?:this|the) (?:message|enquiry|inquiry|lead|text)\b/,
];

/** The same attempts with spacing and punctuation taken out: "i g n o r e  p-r-e-v-i-o-u-s …". */
const STEERING_SQUEEZED: readonly RegExp[] = [
  /ignore(?:all|any|your|the|my|these)?(?:previous|prior|above|earlier|foregoing)?(?:instructions|rules|prompt)/,
  /(?<!credit)(?<!fico)score(?:this|lead|it|of|to|is|at|as){0,3}(?:9\d|100)(?!\d)/,
];

/**
 * Splits a message into what the person wrote to the business and what addresses the scorer.
 * `found` is true when any steering text was seen; `rest` is the folded text with the sentences
 * that carry it removed. Deterministic. A false alarm only costs a human look: it can lower a
 * decision, never raise one.
 */
export function withoutSteering(message: string): { found: boolean; rest: string } {
  const folded = foldText(message);
  const kept = folded.split(/(?<=[.!?])\s+|\n+/).filter((part) => !isSteering(part));
  const rest = kept.join('\n');
  // Attempts spread over several sentences show only in the whole text: nothing is worth keeping then.
  if (isSteering(rest)) return { found: true, rest: '' };
  return { found: isSteering(folded), rest };
}

function isSteering(folded: string): boolean {
  if (STEERING.some((pattern) => pattern.test(folded))) return true;
  const squeezed = folded.replace(/[^\p{L}\p{N}]+/gu, '');
  return STEERING_SQUEEZED.some((pattern) => pattern.test(squeezed));
}
