import type { Thresholds } from './decision.js';
import type { ContactFlags, Enquiry, PrivacyProfile } from './enquiry.js';
import type { ModelScore, ModelScorer } from './model-scorer.js';
import { observe, type QualificationObserver } from './observer.js';
import { buildPrompt } from './prompts/index.js';
import type { FallbackReason } from './qualification.js';

/** Two attempts of 8 s and the wait between them. */
export const DEFAULT_BUDGET_MS = 18_000;

export type AskDeps = {
  /** Null: no API key. */
  model: ModelScorer | null;
  /** True while automation for the provider is paused; the rules then answer at once. */
  isPaused?: () => boolean;
  /** The longest one enquiry may wait for the model, retry included. */
  budgetMs?: number;
  /** Milliseconds; only differences are used. */
  nowMs: () => number;
  /** Fresh and unguessable for every call. */
  newNonce: () => string;
  observer?: QualificationObserver;
};

/** The model's answer, or why there is none. `model` and `prompt_version` are blank if it was not asked. */
export type Asked = {
  model: string;
  prompt_version: string;
  answer: (ModelScore & { ok: true }) | { ok: false; error_class: FallbackReason };
};

/** Asks the model within the budget. Never throws. */
export async function askModel(
  deps: AskDeps,
  thresholds: Thresholds,
  enquiry: Enquiry,
  contact: ContactFlags,
  profile: PrivacyProfile,
): Promise<Asked> {
  const without = (error_class: FallbackReason): Asked => ({
    model: '',
    prompt_version: '',
    answer: { ok: false, error_class },
  });
  const { model } = deps;
  if (model === null) return without('not_configured');
  const started = deps.nowMs();
  try {
    if (deps.isPaused?.() === true) return without('provider_paused');
    const prompt = buildPrompt(enquiry, contact, { profile, thresholds, nonce: deps.newNonce() });
    const answer = (await withinBudget(deps.budgetMs ?? DEFAULT_BUDGET_MS, (signal) =>
      model.score(prompt, { signal }),
    )) ?? { ok: false as const, error_class: 'timeout' as const, attempts: 1 };
    report(answer.ok ? null : answer.error_class, answer.attempts);
    return { model: model.model, prompt_version: prompt.prompt_version, answer };
  } catch {
    // A defect in a scorer or a seam must not cost the business its lead.
    report('internal_error', 1);
    return without('internal_error');
  }

  function report(error_class: FallbackReason | null, attempts: number): void {
    const latency_ms = Math.max(0, Math.round(deps.nowMs() - started));
    const ok = error_class === null;
    observe(() => deps.observer?.modelAnswered?.({ ok, error_class, attempts, latency_ms }));
  }
}

/** Runs `work`, or answers null when the budget ends first; late results and failures are dropped. */
async function withinBudget<T>(
  budgetMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null);
      controller.abort();
    }, budgetMs);
  });
  try {
    return await Promise.race([ended, work(controller.signal)]);
  } finally {
    clearTimeout(timer);
  }
}
