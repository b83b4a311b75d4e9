import type { Signal } from './signal.js';

/** Med spa words. Treatment words stay out of the health profile: they are not shareable. */
export const MED_SPA_SIGNALS: readonly Signal[] = [
  {
    code: 'possible_reaction',
    points: 5,
    ceiling: 70,
    scope: 'message',
    pattern:
      /\b(?:bruis\w{1,4}|swollen|swelling|blister\w{0,3}|burn(?:ed|t|s)|allergic|reaction|infected|should i be worried|is (?:this|that) normal)\b/,
    words: 'may describe a reaction that a person must answer',
  },
  {
    code: 'asks_suitability',
    points: -5,
    ceiling: 75,
    scope: 'message',
    pattern:
      /\b(?:breast ?feeding|pregnan\w{1,3}|safe (?:for|if|to|with)|side effects?|what'?s the difference|difference between)\b/,
    words: 'asks whether a treatment suits them',
  },
  {
    code: 'med_spa_treatment',
    points: 10,
    pattern:
      /\b(?:botox|dysport|xeomin|fillers?|juvederm|restylane|lip|hydrafacials?|facials?|peels?|microneedling|laser|hair removal|coolsculpting|body contouring|dermaplaning|semaglutide|ozempic|tirzepatide|weight loss|iv (?:drip|therapy)|massages?|wax(?:ing)?|tan|lash(?:es)?|brows?|sculptra|prp)\b/,
    words: 'names a treatment',
  },
  {
    code: 'has_an_occasion',
    points: 8,
    pattern: /\b(?:wedding|birthday|vacation|reunion|photo ?shoot|graduation|prom)\b/,
    words: 'has an occasion with a date',
    shareable: true,
  },
  {
    code: 'knows_the_treatment',
    points: 8,
    pattern:
      /\b(?:had it before|done it before|touch-?up|know what i want|budget)\b|\brefer(?:red|ral)\b/,
    words: 'knows what they want',
    shareable: true,
  },
];
