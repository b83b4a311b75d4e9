import type { AppointmentsDeps } from './appointments/deps.js';
import { createReviewRunner } from './appointments/service.js';
import type { Runtime } from './core/clock.js';
import type { Log } from './core/log.js';
import type { Store } from './db/store.js';
import { notify } from './db/unit.js';
import { appointmentRoutes } from './http/routers/appointments.js';
import { qualifyRoutes } from './http/routers/qualify.js';
import type { AnyRoute } from './http/route.js';
import type { Runner } from './jobs/runner.js';
import type { Probe } from './providers/prober.js';
import { probeOpenAi } from './providers/openai/index.js';
import { QUALIFICATION_CHANNEL } from './qualification/deps.js';
import type { QualificationMetrics } from './qualification/metrics.js';
import { openAiSettings } from './qualification/openai-settings.js';
import { createQualifyLater } from './qualification/queue.js';
import { createQualification } from './qualification/service.js';
import { createLeadResponse, type LeadResponse } from './response/lead-response.js';
import type { Settings } from './settings/settings.js';
import type { Thresholds } from './settings/threshold-rules.js';

const HOUR_MS = 3_600_000;

export interface FollowUpOptions {
  store: Store;
  runtime: Runtime;
  log: Log;
  settings: Settings;
  metrics: QualificationMetrics;
  textTimeoutMs?: number;
  /** As they are at the moment of asking. */
  thresholds: () => Thresholds;
}

/** Lead response with what follows it: qualification, booking links, appointments, reviews. */
export interface FollowUp {
  response: LeadResponse;
  appointments: AppointmentsDeps;
  routes: AnyRoute[];
  runners: { qualification: Runner; reviews: Runner };
  start(): void;
  stop(): Promise<void>;
}

/** Composes the modules that follow up on an enquiry. */
export function createFollowUp(options: FollowUpOptions): FollowUp {
  const { store, runtime, log, settings, metrics, thresholds } = options;
  const openai = openAiSettings(settings);
  const probes: Record<string, Probe> =
    openai === null ? {} : { openai: () => probeOpenAi(openai) };
  const response = createLeadResponse({
    store,
    runtime,
    log,
    settings,
    textTimeoutMs: options.textTimeoutMs,
    probes,
    qualify: createQualifyLater({ store, runtime }),
    resumed: () => notify(QUALIFICATION_CHANNEL),
    reviewWindowMs: () => thresholds().REVIEW_REPEAT_DAYS * 24 * HOUR_MS,
  });
  const qualification = createQualification({
    ...response.deps,
    health: response.health,
    metrics,
    openai,
    thresholds: {
      get bookNowMin() {
        return thresholds().BOOK_NOW_MIN_SCORE;
      },
      get followUpMin() {
        return thresholds().FOLLOW_UP_MIN_SCORE;
      },
    },
    prices: { input: settings.OPENAI_INPUT_PRICE, output: settings.OPENAI_OUTPUT_PRICE },
  });
  const appointments: AppointmentsDeps = {
    ...response.deps,
    reviewDelayMs: () => thresholds().REVIEW_DELAY_HOURS * HOUR_MS,
  };
  const runners = {
    qualification: qualification.runner,
    reviews: createReviewRunner(appointments),
  };
  return {
    response,
    appointments,
    routes: [
      ...qualifyRoutes({ store, now: () => runtime.clock.now(), qualification }),
      ...appointmentRoutes(appointments, {
        signingKey: settings.CALENDLY_WEBHOOK_SIGNING_KEY,
        clock: runtime.clock,
        refusals: response.refusals,
      }),
    ],
    runners,
    start() {
      response.start();
      for (const runner of Object.values(runners)) runner.start();
    },
    async stop() {
      await Promise.all([
        response.stop(),
        ...Object.values(runners).map((runner) => runner.stop()),
      ]);
    },
  };
}
