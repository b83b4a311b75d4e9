export { scoreByRules, type RulesScore } from './score.js';
export { RULES_VERSION, SIGNAL_TABLES } from './tables.js';
export { withoutSteering } from './steering.js';
export type { FoundSignal, Signal } from './signal.js';
