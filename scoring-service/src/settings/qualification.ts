import { number } from './kinds.js';

/** How the model is asked, and what it costs. */
export const qualificationSettings = {
  OPENAI_TEMPERATURE: number(0.3, { min: 0, max: 2 }),
  OPENAI_MAX_TOKENS: number(300, { min: 50, max: 4000, integer: true }),
  OPENAI_TIMEOUT_SECONDS: number(8, { min: 0.1, max: 60 }),
  /** US dollars for a million tokens, for the cost metric alone (defaults: gpt-4o-mini's list price). */
  OPENAI_INPUT_PRICE: number(0.15, { min: 0, max: 1000 }),
  OPENAI_OUTPUT_PRICE: number(0.6, { min: 0, max: 1000 }),
};
