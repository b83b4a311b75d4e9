import type { Signal } from './signal.js';

/** Dental words. Treatment words stay out of the health profile: they are not shareable. */
export const DENTAL_SIGNALS: readonly Signal[] = [
  {
    code: 'possible_medical_emergency',
    points: 10,
    ceiling: 75,
    scope: 'message',
    pattern:
      /\b(?:can'?t|cannot|trouble|hard to|difficulty) (?:breath\w{0,3}|swallow\w{0,3})\b|\bwon'?t stop bleeding\b|\bunconscious\b/,
    words: 'may describe a medical emergency that a person must answer',
  },
  {
    code: 'dental_pain',
    points: 22,
    pattern:
      /\b(?:tooth ?aches?|pain|painful|hurts?|hurting|throbbing|swollen|swelling|abscess|infected|bleeding|killing me|very sensitive|dolor)\b/,
    words: 'describes pain or swelling',
  },
  {
    code: 'dental_damage',
    points: 15,
    pattern:
      /\b(?:broke|broken|chipped|cracked|fell out|came off|come off|popped off|knocked out|lost a (?:filling|crown))\b/,
    words: 'describes a damaged tooth or filling',
  },
  {
    code: 'dental_treatment',
    points: 10,
    pattern:
      /\b(?:cleaning|cleaned|night guard|retainer|exam|check-?ups?|fillings?|crowns?|root canal|implants?|veneers?|invisalign|braces|aligners?|whitening|extraction|wisdom (?:tooth|teeth)|dentures?|molar|tooth|teeth|limpieza)\b/,
    words: 'names a dental treatment',
  },
  {
    code: 'new_patient',
    points: 12,
    pattern:
      /\bnew patient\b|\bnew (?:to|in) (?:the area|town)\b|\b(?:looking for|need) (?:a|an) (?:[\w-]{1,12} )?dentist|moved here\b/,
    words: 'comes from a new patient',
  },
];
