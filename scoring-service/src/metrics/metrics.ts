import { Counter, Histogram, Registry } from 'prom-client';

import type { DeliveryMetrics } from '../delivery/metrics.js';
import type { QualificationMetrics } from '../qualification/metrics.js';
import type { HandOnMetrics } from '../subscriptions/metrics.js';
import { qualificationMetrics } from './qualification.js';

export interface Metrics {
  deliveries: DeliveryMetrics;
  handOns: HandOnMetrics;
  qualification: QualificationMetrics;
  /** The text that Prometheus reads. */
  text(): Promise<{ contentType: string; body: string }>;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60];

/** What is counted of events that are handed on. */
function handOnMetrics(registers: Registry[]): HandOnMetrics {
  const attempts = new Counter({
    name: 'leadloop_event_attempts_total',
    help: 'Attempts to hand an event to a subscription, by outcome: sent, or the class of the error.',
    labelNames: ['outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'leadloop_event_attempt_seconds',
    help: 'How long attempts took.',
    buckets: SECONDS,
    registers,
  });
  const latency = new Histogram({
    name: 'leadloop_event_first_attempt_seconds',
    help: 'From an event to the start of its first attempt.',
    buckets: SECONDS,
    registers,
  });
  const givenUp = new Counter({
    name: 'leadloop_events_given_up_total',
    help: 'Events that a subscription did not take at its last attempt either.',
    registers,
  });
  const stale = new Counter({
    name: 'leadloop_event_stale_results_total',
    help: 'Results that came after their claim had passed to another worker.',
    registers,
  });
  return {
    attempt(outcome, durationMs) {
      attempts.inc({ outcome });
      durations.observe(durationMs / 1000);
    },
    firstAttempt: (latencyMs) => latency.observe(Math.max(0, latencyMs) / 1000),
    givenUp: () => givenUp.inc(),
    staleResult: () => stale.inc(),
  };
}

/** The counters of one service, in a registry of its own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const attempts = new Counter({
    name: 'leadloop_delivery_attempts_total',
    help: 'Attempts to hand a lead over, by outcome: sent, or the class of the error.',
    labelNames: ['outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'leadloop_delivery_attempt_seconds',
    help: 'How long attempts took.',
    buckets: SECONDS,
    registers,
  });
  const latency = new Histogram({
    name: 'leadloop_delivery_first_attempt_seconds',
    help: 'From the assignment of a lead to the start of its first attempt, where nothing kept it waiting.',
    buckets: SECONDS,
    registers,
  });
  const stale = new Counter({
    name: 'leadloop_delivery_stale_results_total',
    help: 'Results that came after their claim had passed to another worker.',
    registers,
  });
  return {
    deliveries: {
      attempt(outcome, durationMs) {
        attempts.inc({ outcome });
        durations.observe(durationMs / 1000);
      },
      firstAttempt: (latencyMs) => latency.observe(Math.max(0, latencyMs) / 1000),
      staleResult: () => stale.inc(),
    },
    handOns: handOnMetrics(registers),
    qualification: qualificationMetrics(registers),
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
