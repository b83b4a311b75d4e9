import type { Log } from '../core/log.js';
import { createRunner, type Runner } from '../jobs/runner.js';
import { recordOutcomes } from '../providers/health.js';
import { createOpenAiChat, type OpenAiSettings } from '../providers/openai/index.js';
import type { Unit } from '../db/unit.js';
import { beginQualification, type Requested } from './begin.js';
import type { Prices, QualificationDeps } from './deps.js';
import { createModelScorer } from './model-scorer.js';
import type { QualificationObserver } from './observer.js';
import type { Qualification } from './qualification.js';
import type { QualificationAnswer } from './qualification-schema.js';
import { createQualifier, type QualifierDeps } from './qualify.js';
import { costMicroUsd, saveResult } from './save.js';
import type { QualificationMetrics } from './metrics.js';
import { createQualificationSource, outcomeOf, type QualificationJob } from './worker.js';

export type QualificationOptions = Omit<
  QualificationDeps,
  'qualifier' | 'pausedQualifier' | 'configured'
> & {
  log: Log;
  /** Null: no API key, the rules answer. */
  openai: OpenAiSettings | null;
  thresholds: NonNullable<QualifierDeps['thresholds']>;
  concurrency?: number;
};

/** Qualification as the rest of the service uses it. */
export interface QualificationModule {
  runner: Runner;
  /** First the durable part of a request, in a unit of its own. */
  begin(requested: Requested): Promise<QualificationJob>;
  /** Then the model, outside of every unit. Never rejects. */
  ask(job: QualificationJob): Promise<Qualification>;
  /** Then the result, in the unit that answers the request. */
  finish(job: QualificationJob, result: Qualification): Unit<QualificationAnswer | null>;
}

/** Feeds the metrics: results, and the model's latency, tokens and cost. */
function observer(metrics: QualificationMetrics, prices: Prices): QualificationObserver {
  return {
    modelAnswered: ({ error_class, latency_ms }) =>
      metrics.modelAnswered(error_class ?? 'ok', latency_ms),
    qualified(result, { vertical }) {
      metrics.qualified(result.source, result.decision, vertical);
      if (result.usage === null) return;
      metrics.used(
        { prompt: result.usage.prompt_tokens, completion: result.usage.completion_tokens },
        costMicroUsd(result, prices) ?? 0,
      );
    },
  };
}

/** Longer than the model may take, its retry and the waits included. */
const MARGIN_MS = 5000;
/** A claim is never renewed, so it outlives the longest wait by far. */
const SHORTEST_LEASE_MS = 60_000;

/** Puts qualification together: the scorers, the worker of the queue, and the request's three steps. */
export function createQualification(options: QualificationOptions): QualificationModule {
  const { store, runtime, log, openai, metrics } = options;
  const timeoutMs = openai?.timeoutMs ?? 8000;
  const budgetMs = 2 * timeoutMs + 2000;
  const shared: Omit<QualifierDeps, 'model'> = {
    budgetMs,
    // Real time: what is measured and waited for is the network, whatever the clock says.
    nowMs: () => performance.now(),
    newNonce: () => runtime.randomBytes(16).toString('hex'),
    observer: observer(metrics, options.prices),
    thresholds: options.thresholds,
    defaultRegion: options.defaultRegion,
  };
  const chat =
    openai === null
      ? null
      : createOpenAiChat(openai, { nowMs: () => runtime.clock.now(), random: runtime.random });
  const model = chat === null ? null : createModelScorer(chat);
  const deps: QualificationDeps = {
    ...options,
    configured: model !== null,
    qualifier: createQualifier({ ...shared, model }),
    pausedQualifier: createQualifier({ ...shared, model, isPaused: () => true }),
  };
  const runner = createRunner(
    createQualificationSource(deps),
    { store, clock: runtime.clock, newId: runtime.newId, log },
    {
      concurrency: options.concurrency ?? 8,
      leaseMs: Math.max(SHORTEST_LEASE_MS, 2 * (budgetMs + MARGIN_MS)),
    },
  );
  return {
    runner,
    begin: (requested) => store.unit(() => beginQualification(deps, requested)),
    ask: (job) => (job.paused ? deps.pausedQualifier : deps.qualifier).qualifyLead(job.enquiry),
    *finish(job, result) {
      const answer = yield* saveResult(deps, job.id, job.claimId, result);
      const outcome = outcomeOf(result);
      yield* recordOutcomes(deps.health, 'openai', outcome === null ? [] : [outcome]);
      return answer;
    },
  };
}
