import { startFakeTwilio, type FakeTwilio } from '../../fakes/twilio.js';
import type { DatabaseName } from '../../support/databases.js';
import { testRuntime, type TestRuntime } from '../../support/runtime.js';
import {
  startTestService,
  type Answer,
  type TestService,
  type TestServiceOptions,
} from '../../support/service.js';

export const PUBLIC_URL = 'https://leads.example.com';
export const BUSINESS_PHONE = '+12025550100';
export const ANN = '+12025550123';
export const BOB = '+12025550145';
export const GHL_SECRET = 'shared-secret-of-the-workflow';

/** A Tuesday, 11:00 in Washington: open, and no quiet hours anywhere in the US. */
export const OPEN = '2026-03-10T15:00:00.000Z';
/** The evening of that day, 23:00 in Washington. */
export const NIGHT = '2026-03-11T03:00:00.000Z';

export interface CallAnswer {
  lead_id: string | null;
  missed: boolean;
  reason: string;
  created: boolean;
  task_id: string | null;
  acknowledgement: Acknowledgement;
  repeated: boolean;
}

export interface Acknowledgement {
  status: string;
  reason_code: string | null;
  message_id: string | null;
  send_at: string | null;
}

export interface FormAnswer {
  lead_id: string;
  created: boolean;
  task_id: string;
  acknowledgement: Acknowledgement;
  repeated: boolean;
}

export interface Message {
  id: string;
  direction: string;
  channel: string;
  kind: string;
  status: string;
  reason_code: string | null;
  to: string | null;
  body: string;
  send_at: string | null;
  checks: { code: string; passed: boolean; detail: string }[];
  provider_sid: string | null;
  rule_version: string | null;
}

export interface Task {
  id: string;
  lead_id: string;
  reason: string;
  owner_id: string | null;
  due_at: string;
  state: string;
  needs_review: boolean;
  matched_words: string[];
  outcome: string | null;
  version: number;
  steps: { step: string; to_staff_id: string | null }[];
}

export interface Entry {
  id: string;
  at: string;
  type: string;
  data: Record<string, unknown>;
}

let serial = 0;

/** A call id that no other test uses. */
export const newSid = (prefix = 'CA'): string => {
  serial += 1;
  return `${prefix}${serial.toString(16).padStart(32, '0')}`;
};

export const UNANSWERED = { CallStatus: 'no-answer' };

export interface ResponseService extends Omit<TestService, 'call'> {
  twilio: FakeTwilio;
  /** Posts a signed webhook of Twilio. */
  webhook(path: string, params: Record<string, string>): Promise<Response>;
  /** A signed missed call; its answer is TwiML. */
  ring(from: string, params?: Record<string, string>): Promise<Response>;
  /** The same through the API, whose answer says what was made of it. */
  missed(from: string, params?: Record<string, string>): Promise<CallAnswer>;
  form(fields: Record<string, unknown>, more?: Record<string, unknown>): Promise<FormAnswer>;
  text(from: string, body: string, params?: Record<string, string>): Promise<Response>;
  leads(): Promise<{ id: string; [field: string]: unknown }[]>;
  tasks(query?: string): Promise<Task[]>;
  messages(query?: string): Promise<Message[]>;
  timeline(leadId: string): Promise<Entry[]>;
  events(type?: string): Promise<{ type: string; data: Record<string, unknown> }[]>;
  request: TestService['call'];
}

export interface ResponseOptions extends TestServiceOptions {
  at?: string;
  twilio?: FakeTwilio;
}

/** A service with a fake Twilio behind it and one open business in Washington. */
export async function startResponse(
  database: DatabaseName,
  { at, twilio: given, ...options }: ResponseOptions = {},
): Promise<ResponseService> {
  const runtime: TestRuntime = options.runtime ?? testRuntime(at ?? OPEN);
  const twilio = given ?? (await startFakeTwilio({ now: () => runtime.clock.now() }));
  const service = await startTestService(database, {
    textTimeoutMs: 10_000,
    ...options,
    runtime,
    env: {
      PUBLIC_URL,
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_FROM: BUSINESS_PHONE,
      TWILIO_API_BASE_URL: twilio.url,
      GHL_WEBHOOK_SECRET: GHL_SECRET,
      BUSINESS_NAME: 'Example Dental',
      BUSINESS_PHONE,
      BUSINESS_TIMEZONE: 'America/New_York',
      BUSINESS_HOURS: 'Mon-Fri 09:00-17:00',
      CALLBACK_NUMBER: BUSINESS_PHONE,
      ...options.env,
    },
  });
  const list = async <T>(path: string): Promise<T[]> => {
    const all: T[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer: Answer<{ data: T[]; next_cursor: string | null }> = await service.get(
        `${path}${path.includes('?') ? '&' : '?'}limit=200${next}`,
      );
      if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
      all.push(...answer.body.data);
      cursor = answer.body.next_cursor;
    } while (cursor !== null);
    return all;
  };
  const ok = <T>(answer: Answer<T>): T => {
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const callParams = (from: string, params: Record<string, string>): Record<string, string> => ({
    CallSid: newSid(),
    AccountSid: twilio.accountSid,
    From: from,
    To: BUSINESS_PHONE,
    Direction: 'inbound',
    ...(Object.keys(params).some((name) => /Status$/.test(name)) ? {} : UNANSWERED),
    ...params,
  });
  const webhook = (path: string, params: Record<string, string>): Promise<Response> =>
    twilio.post(`${service.address}${path}`, params, `${PUBLIC_URL}${path}`);

  return {
    ...service,
    twilio,
    request: service.call,
    webhook,
    ring: (from, params = {}) => webhook('/api/webhooks/twilio', callParams(from, params)),
    missed: async (from, params = {}) =>
      ok(
        await service.post<CallAnswer>('/api/calls/missed', {
          provider: 'twilio',
          params: callParams(from, params),
        }),
      ),
    form: async (fields, more = {}) =>
      ok(
        await service.post<FormAnswer>('/api/forms/submissions', {
          form_id: 'contact',
          form_version: '1',
          submitted_at: new Date(runtime.clock.now()).toISOString(),
          fields,
          consent: { sms: true, email: true, text: 'You may text me.' },
          ...more,
        }),
      ),
    text: (from, body, params = {}) =>
      webhook('/api/webhooks/twilio/messages', {
        MessageSid: newSid('SM'),
        From: from,
        To: BUSINESS_PHONE,
        Body: body,
        NumMedia: '0',
        ...params,
      }),
    leads: () => list('/api/leads?kind=response'),
    tasks: (query = '') => list(`/api/tasks${query}`),
    messages: (query = '?direction=outbound') => list(`/api/messages${query}`),
    timeline: (leadId) => list(`/api/leads/${leadId}/timeline`),
    events: async (type) => {
      const rows = await service.store.db
        .selectFrom('events')
        .select(['type', 'data'])
        .orderBy('seq')
        .execute();
      return rows
        .filter((row) => type === undefined || row.type === type)
        .map((row) => ({ type: row.type, data: JSON.parse(row.data) as Record<string, unknown> }));
    },
    async stop() {
      await service.stop();
      if (given !== undefined) return;
      await twilio.close();
      expect(twilio.violations).toEqual([]);
    },
  };
}
