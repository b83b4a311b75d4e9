import type { Decision, Disagreement } from './decision.js';
import type { ModelScore } from './model-scorer.js';

/** Why the rules answered instead of the model: a model error class, or one of these. */
export type FallbackReason =
  | (ModelScore & { ok: false })['error_class']
  | 'not_configured'
  | 'provider_paused'
  | 'internal_error';

export type Qualification = {
  /** Integer from 1 to 100. */
  score: number;
  decision: Decision;
  reason: string;
  source: 'openai' | 'rules';
  /** Null when the rules answered. */
  model: string | null;
  /** Null when the rules answered. */
  prompt_version: string | null;
  /** Null when the model answered. */
  rules_version: string | null;
  disagreement: Disagreement | null;
  /** The model's own score when the enquiry tried to instruct the scoring and it was held below book_now. */
  steering: { model_score: number | null } | null;
  fallback_reason: FallbackReason | null;
  /** True when the rules answered: ask again once the provider is back. */
  requalify: boolean;
  latency_ms: number;
  usage: (ModelScore & { ok: true })['usage'];
};
