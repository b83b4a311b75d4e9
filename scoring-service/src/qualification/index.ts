export { bookingLink } from './booking-link.js';
export { contactFlags } from './contact-flags.js';
export {
  DECISIONS,
  DEFAULT_THRESHOLDS,
  decisionOfScore,
  reconcile,
  type Decision,
  type Disagreement,
  type Thresholds,
} from './decision.js';
export {
  asVertical,
  VERTICALS,
  type ContactFlags,
  type Enquiry,
  type PrivacyProfile,
  type Vertical,
} from './enquiry.js';
export { signLeadRef, verifyLeadRef } from './lead-ref.js';
export { createModelScorer, type ModelScore, type ModelScorer } from './model-scorer.js';
export { DEFAULT_BUDGET_MS } from './ask-model.js';
export type { QualificationObserver } from './observer.js';
export type { FallbackReason, Qualification } from './qualification.js';
export {
  createQualifier,
  type LeadToQualify,
  type Qualifier,
  type QualifierDeps,
} from './qualify.js';
export { RULES_VERSION, scoreByRules, type RulesScore } from './rules-scorer/index.js';
