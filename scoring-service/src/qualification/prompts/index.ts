export { buildPrompt, PROMPTS, type BuiltPrompt } from './build.js';
export { redactContacts } from './redact.js';
export type { Prompt } from './prompt.js';
