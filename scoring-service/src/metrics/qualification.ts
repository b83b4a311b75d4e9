import { Counter, Histogram, type Registry } from 'prom-client';

import type { QualificationMetrics } from '../qualification/metrics.js';

const SECONDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 12, 18];

/** What is counted of qualifications: results, the model's latency and its cost. */
export function qualificationMetrics(registers: Registry[]): QualificationMetrics {
  const results = new Counter({
    name: 'leadloop_qualifications_total',
    help: 'Leads qualified, by who answered (openai or rules), decision and vertical.',
    labelNames: ['source', 'decision', 'vertical'],
    registers,
  });
  const calls = new Counter({
    name: 'leadloop_qualification_model_calls_total',
    help: 'Times the model was asked, by outcome: ok, or the class of the error.',
    labelNames: ['outcome'],
    registers,
  });
  const latency = new Histogram({
    name: 'leadloop_qualification_model_seconds',
    help: 'How long the model took, its retry included.',
    buckets: SECONDS,
    registers,
  });
  const tokens = new Counter({
    name: 'leadloop_qualification_tokens_total',
    help: 'Tokens used, by kind: prompt or completion.',
    labelNames: ['kind'],
    registers,
  });
  const cost = new Counter({
    name: 'leadloop_qualification_cost_usd_total',
    help: 'What the tokens cost in US dollars, by OPENAI_INPUT_PRICE and OPENAI_OUTPUT_PRICE.',
    registers,
  });
  return {
    qualified: (source, decision, vertical) => results.inc({ source, decision, vertical }),
    modelAnswered(outcome, latencyMs) {
      calls.inc({ outcome });
      latency.observe(latencyMs / 1000);
    },
    used({ prompt, completion }, costMicroUsd) {
      tokens.inc({ kind: 'prompt' }, prompt);
      tokens.inc({ kind: 'completion' }, completion);
      cost.inc(costMicroUsd / 1e6);
    },
  };
}
