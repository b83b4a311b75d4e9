import { FAKE_SIGNING_KEY, type SignedWebhook } from '../../fakes/calendly.js';
import { startFakeOpenAi, type FakeOpenAi } from '../../fakes/openai.js';
import { leadOf } from '../../support/builders.js';
import type { DatabaseName } from '../../support/databases.js';
import type { Answer } from '../../support/service.js';
import { startResponse, type ResponseOptions, type ResponseService } from '../response/support.js';

export const BOOKING_URL = 'https://calendly.example.com/example-dental/visit?month=2026-03';
export const REVIEW_URL = 'https://reviews.example.com/example-dental';

export interface Qualified {
  lead_id: string;
  qualification_id: string;
  score: number;
  decision: string;
  reason: string;
  source: string;
  model: string | null;
  prompt_version: string | null;
  fallback_reason: string | null;
  requalify: boolean;
  booking_url: string | null;
  task_id: string | null;
  message_id: string | null;
}

export interface AppointmentBody {
  id: string;
  appointment_id: string;
  lead_id: string;
  status: string;
  scheduled_at: string;
  service_type: string | null;
  calendly_invitee_uri: string | null;
  moving: boolean;
  moves: number;
  review_request: {
    status: string;
    scheduled_for: string;
    reason_code: string | null;
    message_id: string | null;
  };
  version: number;
}

export interface BookingBody {
  outcome: string;
  appointment_id: string | null;
  lead_id: string | null;
  repeated: boolean;
}

export interface LeadBody {
  id: string;
  status: string;
  version: number;
  booking_url: string | null;
  qualification: { score: number; decision: string; source: string; model: string | null } | null;
  [field: string]: unknown;
}

export interface FollowUpService extends ResponseService {
  openai: FakeOpenAi;
  qualify(body: Record<string, unknown>, key?: string): Promise<Qualified>;
  lead(id: string): Promise<LeadBody>;
  qualifications(leadId: string): Promise<Record<string, unknown>[]>;
  business(change: Record<string, unknown>): Promise<void>;
  /** A lead of the other kind. */
  distributionLead(): Promise<string>;
  calendly(webhook: SignedWebhook): Promise<Answer<BookingBody>>;
  book(
    leadId: string,
    scheduledAt: string,
    more?: Record<string, unknown>,
  ): Promise<AppointmentBody>;
  change(appointment: { id: string }, change: Record<string, unknown>): Promise<AppointmentBody>;
  appointment(id: string): Promise<AppointmentBody>;
  appointments(): Promise<AppointmentBody[]>;
  /** Everything that is due now: qualifications, review requests, messages. */
  work(): Promise<void>;
}

export interface FollowUpOptions extends ResponseOptions {
  /** No key: the rules answer. */
  withoutKey?: boolean;
  /** Qualification and the booking link are off, as a business begins. */
  asItBegins?: boolean;
}

/** A service whose business qualifies and sends booking links, with fakes behind it. */
export async function startFollowUp(
  database: DatabaseName,
  { withoutKey, asItBegins, ...options }: FollowUpOptions = {},
): Promise<FollowUpService> {
  const openai = await startFakeOpenAi();
  const service = await startResponse(database, {
    ...options,
    env: {
      ...(withoutKey === true ? {} : { OPENAI_API_KEY: 'test-key' }),
      OPENAI_BASE_URL: openai.baseUrl,
      CALENDLY_BOOKING_URL: BOOKING_URL,
      CALENDLY_WEBHOOK_SIGNING_KEY: FAKE_SIGNING_KEY,
      REVIEW_URL,
      ...options.env,
    },
  });
  const expectOk = <T>(answer: Answer<T>): T => {
    if (answer.status > 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const started: FollowUpService = {
    ...service,
    openai,
    qualify: async (body, key) =>
      expectOk(
        await service.post<Qualified>('/api/qualify', body, {
          headers: key === undefined ? {} : { 'idempotency-key': key },
        }),
      ),
    lead: async (id) => expectOk(await service.get<LeadBody>(`/api/leads/${id}`)),
    qualifications: async (leadId) =>
      (await service.timeline(leadId))
        .filter(({ type }) => type === 'qualification')
        .map(({ data }) => data),
    async business(change) {
      const list = await service.get<{ data: { id: string; version: number }[] }>(
        '/api/businesses',
      );
      const [first] = list.body.data;
      expectOk(
        await service.patch(`/api/businesses/${first?.id}`, { version: first?.version, ...change }),
      );
    },
    calendly: async ({ rawBody, headers }) => {
      const response = await fetch(`${service.address}/api/webhooks/calendly`, {
        method: 'POST',
        headers,
        body: new Uint8Array(rawBody),
      });
      const body = (await response.json()) as BookingBody;
      return { status: response.status, body, headers: response.headers };
    },
    distributionLead: async () => {
      const answer = await service.post<{ lead_id: string }>('/api/leads/incoming', leadOf());
      return expectOk(answer).lead_id;
    },
    book: async (leadId, scheduledAt, more = {}) =>
      expectOk(
        await service.post<AppointmentBody>('/api/appointments', {
          lead_id: leadId,
          scheduled_at: scheduledAt,
          service_type: 'Cleaning',
          ...more,
        }),
      ),
    async change({ id }, change) {
      const { version } = await started.appointment(id);
      return expectOk(
        await service.patch<AppointmentBody>(`/api/appointments/${id}`, { version, ...change }),
      );
    },
    appointment: async (id) =>
      expectOk(await service.get<AppointmentBody>(`/api/appointments/${id}`)),
    appointments: async () =>
      expectOk(await service.get<{ data: AppointmentBody[] }>('/api/appointments')).data,
    async work() {
      await service.service.qualifyDue();
      await service.service.askForReviews();
      await service.service.sendDue();
    },
    async stop() {
      await service.stop();
      await openai.close();
    },
  };
  if (asItBegins !== true) {
    await started.business({
      qualification_enabled: true,
      booking_link_enabled: true,
      vertical: 'dental',
    });
  }
  return started;
}

/** An enquiry whose decision is `book_now`, for the fake model and for the rules. */
export const WANTS_TO_BOOK =
  'I would like to book an appointment for a cleaning as soon as possible, I can come tomorrow at 10.';
export const HAS_A_QUESTION = 'Do you take my insurance?';
