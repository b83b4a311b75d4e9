import { ensureDefaultBusiness, environmentBusiness } from '../businesses/default-business.js';
import type { BusinessesDeps } from '../businesses/deps.js';
import type { Runtime } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Store } from '../db/store.js';
import { notify, type Unit } from '../db/unit.js';
import { createRunner, type Runner } from '../jobs/runner.js';
import { MESSAGES_CHANNEL } from '../messaging/deps.js';
import { createSendEmail, verifySmtp } from '../messaging/send-email.js';
import { createSendSms } from '../messaging/send-sms.js';
import { createMessageSource, type Transports } from '../messaging/sender/source.js';
import { alertByText } from '../messaging/staff-alert.js';
import type { HealthDeps } from '../providers/health.js';
import { createProbes, type Probe } from '../providers/prober.js';
import { createRefusals, type Refusals } from '../providers/refusals.js';
import type { Known } from '../providers/report.js';
import { createTwilioClient, type TwilioClient } from '../providers/twilio/index.js';
import type { Settings } from '../settings/settings.js';
import { createEscalations } from '../tasks/escalations.js';
import type { QualifyLater, ResponseDeps } from './deps.js';

const TEXT_TIMEOUT_MS = 15_000;
/** Longer than any send may take; a text left over is searched for instead of sent again. */
const LEASE_MS = 120_000;
const TEXTS_AT_ONCE = 128;
const PROBES_AT_ONCE = 4;
/** A number of Twilio's own that never had a message: listing its messages costs nothing. */
const PROBED_NUMBER = '+15005550006';

export interface LeadResponseOptions {
  store: Store;
  runtime: Runtime;
  log: Log;
  settings: Settings;
  /** How long one request to Twilio may take, milliseconds. */
  textTimeoutMs?: number;
  /** Probes of other modules' providers, by name. */
  probes?: Readonly<Record<string, Probe>>;
  /** Puts enquiries on their way to qualification. */
  qualify: QualifyLater;
  /** Told when a provider works again, in the unit that says so. */
  resumed: () => Unit<void>;
  /** Milliseconds in which one phone gets at most one request for a review. */
  reviewWindowMs: () => number;
}

export interface LeadResponse {
  deps: ResponseDeps;
  businesses: BusinessesDeps;
  health: HealthDeps;
  known: Known;
  refusals: Refusals;
  /** Sees that the default business is there and as the environment says. */
  prepare(): Promise<void>;
  runners: { messages: Runner; escalations: Runner; probes: Runner };
  start(): void;
  stop(): Promise<void>;
}

/** What keeps texts from being sent; null when they can be. */
function missingForTexts(settings: Settings): string | null {
  const missing = [
    settings.TWILIO_ACCOUNT_SID === undefined ? 'TWILIO_ACCOUNT_SID' : null,
    settings.TWILIO_AUTH_TOKEN === undefined ? 'TWILIO_AUTH_TOKEN' : null,
    settings.TWILIO_FROM === undefined && settings.TWILIO_MESSAGING_SERVICE_SID === undefined
      ? 'TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID'
      : null,
    // Without it no delivery report and no opt-out would find its way back.
    settings.PUBLIC_URL === undefined ? 'PUBLIC_URL' : null,
  ].filter((name) => name !== null);
  return missing.length === 0 ? null : `not set: ${missing.join(', ')}`;
}

function missingForEmails(settings: Settings): string | null {
  const missing = [
    settings.SMTP_URL === undefined ? 'SMTP_URL' : null,
    settings.SMTP_FROM === undefined ? 'SMTP_FROM' : null,
  ].filter((name) => name !== null);
  return missing.length === 0 ? null : `not set: ${missing.join(', ')}`;
}

const neverCalled = (): never => {
  throw new Error('A channel that is not configured was used.');
};

function transportsOf(settings: Settings, twilio: TwilioClient | null): Transports {
  const { SMTP_URL: url, SMTP_FROM: from } = settings;
  const base = (settings.PUBLIC_URL ?? '').replace(/\/+$/, '');
  const sender =
    settings.TWILIO_MESSAGING_SERVICE_SID === undefined
      ? { from: settings.TWILIO_FROM }
      : { messagingServiceSid: settings.TWILIO_MESSAGING_SERVICE_SID };
  return {
    sendSms:
      twilio === null
        ? neverCalled
        : createSendSms(
            twilio,
            sender,
            (id) => `${base}/api/webhooks/twilio/message-status?mid=${id}`,
          ),
    findMessages: twilio === null ? neverCalled : (query) => twilio.findMessages(query),
    sendEmail: url === undefined || from === undefined ? neverCalled : createSendEmail(url, from),
  };
}

function twilioOf({ settings, textTimeoutMs }: LeadResponseOptions): TwilioClient | null {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = settings;
  if (accountSid === undefined || authToken === undefined) return null;
  return createTwilioClient({
    accountSid,
    authToken,
    baseUrl: settings.TWILIO_API_BASE_URL ?? null,
    timeoutMs: textTimeoutMs ?? TEXT_TIMEOUT_MS,
  });
}

/** Puts lead response together: its tables, its work beside requests, what its routes need. */
export function createLeadResponse(options: LeadResponseOptions): LeadResponse {
  const { store, runtime, log, settings } = options;
  const missing = { sms: missingForTexts(settings), email: missingForEmails(settings) };
  const messaging = { store, runtime, missing, reviewWindowMs: options.reviewWindowMs };
  const deps: ResponseDeps = {
    ...messaging,
    log,
    qualify: options.qualify,
    defaultRegion: settings.DEFAULT_REGION,
    alertStaff: ({ task, business, staff }) =>
      alertByText(messaging, {
        business,
        staff,
        leadId: task.lead_id,
        taskId: task.id,
        dueAt: Date.parse(task.due_at),
      }),
  };
  const businesses: BusinessesDeps = {
    store,
    runtime,
    timezone: settings.BUSINESS_TIMEZONE ?? settings.TIMEZONE,
    defaultRegion: settings.DEFAULT_REGION,
    environment: environmentBusiness(settings),
  };
  const health: HealthDeps = {
    store,
    runtime,
    // The sender frees by itself what waits for a provider that works.
    *resumed() {
      yield* notify(MESSAGES_CHANNEL);
      yield* options.resumed();
    },
  };
  const twilio = twilioOf(options);
  const { SMTP_URL: smtp } = settings;
  const probes: Record<string, Probe> = { ...options.probes };
  if (twilio !== null) {
    probes.twilio = async () => {
      const found = await twilio.findMessages({ to: PROBED_NUMBER, since: runtime.clock.now() });
      return found.ok ? { ok: true } : { ok: false, code: found.error.code };
    };
  }
  if (smtp !== undefined) probes.smtp = () => verifySmtp(smtp);
  const runnerDeps = { store, clock: runtime.clock, newId: runtime.newId, log };
  const messages = createRunner(
    createMessageSource({ ...messaging, health }, transportsOf(settings, twilio)),
    runnerDeps,
    { concurrency: TEXTS_AT_ONCE, leaseMs: LEASE_MS },
  );
  const escalations = createRunner(createEscalations(deps), runnerDeps, {
    concurrency: 1,
    leaseMs: LEASE_MS,
  });
  const prober = createRunner(createProbes(health, probes), runnerDeps, {
    concurrency: PROBES_AT_ONCE,
    leaseMs: LEASE_MS,
  });
  const runners = { messages, escalations, probes: prober };
  return {
    deps,
    businesses,
    health,
    known: {
      twilio: missing.sms,
      smtp: missing.email,
      openai: settings.OPENAI_API_KEY === undefined ? 'not set: OPENAI_API_KEY' : null,
    },
    refusals: createRefusals(),
    async prepare() {
      // Under the lock, so that of several replicas that start at once only one makes it.
      await store.unit(() => ensureDefaultBusiness(businesses), { lock: 'routing' });
    },
    runners,
    start() {
      for (const runner of Object.values(runners)) runner.start();
    },
    async stop() {
      await Promise.all(Object.values(runners).map((runner) => runner.stop()));
    },
  };
}
