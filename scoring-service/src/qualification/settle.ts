import type { Asked } from './ask-model.js';
import { decisionOfScore, reconcile, type Thresholds } from './decision.js';
import type { ModelScore } from './model-scorer.js';
import type { FallbackReason, Qualification } from './qualification.js';
import { RULES_VERSION, type RulesScore } from './rules-scorer/index.js';

/** The qualification when the model gave a usable answer. */
export function byModel(
  answer: ModelScore & { ok: true },
  rules: RulesScore,
  asked: Asked,
  thresholds: Thresholds,
  latency_ms: number,
): Qualification {
  const score = held(answer.score, rules.steering, thresholds);
  const { decision, disagreement } = reconcile(answer.score, answer.decision, thresholds);
  return {
    score,
    decision: score === answer.score ? decision : decisionOfScore(score, thresholds),
    // The model's sentence argued for its own score; when that was overruled, the rules' sentence says why.
    reason: score === answer.score ? answer.reason : rules.reason,
    source: 'openai',
    model: asked.model,
    prompt_version: asked.prompt_version,
    rules_version: null,
    disagreement,
    steering: rules.steering ? { model_score: answer.score } : null,
    fallback_reason: null,
    requalify: false,
    latency_ms,
    usage: answer.usage,
  };
}

/** The qualification when the rules answer, and why they had to. */
export function byRules(
  rules: RulesScore,
  fallback_reason: FallbackReason,
  thresholds: Thresholds,
  latency_ms: number,
): Qualification {
  const score = held(rules.score, rules.steering, thresholds);
  return {
    score,
    decision: decisionOfScore(score, thresholds),
    reason: rules.reason,
    source: 'rules',
    model: null,
    prompt_version: null,
    rules_version: RULES_VERSION,
    disagreement: null,
    steering: rules.steering ? { model_score: null } : null,
    fallback_reason,
    requalify: true,
    latency_ms,
    usage: null,
  };
}

/** Keeps an enquiry that tried to instruct the scoring below `book_now`, wherever that limit is set. */
function held(score: number, steering: boolean, thresholds: Thresholds): number {
  return steering ? Math.max(1, Math.min(score, thresholds.bookNowMin - 1)) : score;
}
