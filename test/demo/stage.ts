import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createApiKey } from '../../scoring-service/src/access/api-keys.js';
import { makeFirstAdminLink } from '../../scoring-service/src/access/sign-in-links.js';
import { systemRuntime, type Runtime } from '../../scoring-service/src/core/clock.js';
import { silentLog } from '../../scoring-service/src/core/log.js';
import { migrateDatabase, openStore } from '../../scoring-service/src/db/open.js';
import { SYSTEM } from '../../scoring-service/src/events/activity.js';
import { createService, type Service } from '../../scoring-service/src/service.js';
import { readSettings } from '../../scoring-service/src/settings/settings.js';
import { FAKE_SIGNING_KEY, type SignedWebhook } from '../fakes/calendly.js';
import { startFakeCrm, type FakeCrm } from '../fakes/crm.js';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai.js';
import { startFakeTwilio, type FakeTwilio } from '../fakes/twilio.js';

/** What providers believe the service's address to be: their signatures are made over it. */
const PUBLIC_URL = 'https://leads.example.com';
export const BUSINESS_PHONE = '+12025550100';

/** Answers as they come: the demo prints them and promises nothing about them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any member may be read
export type Json = Record<string, any>;

/** A clock that runs like the machine's, from another moment on, and can be moved. */
export interface MovableClock {
  now(): number;
  moveTo(ms: number): void;
}

export interface Stage {
  address: string;
  key: string;
  /** A link that makes the first person who signs in to the dashboard. */
  signInLink: string;
  clock: MovableClock;
  service: Service;
  twilio: FakeTwilio;
  openai: FakeOpenAi;
  crm: FakeCrm;
  failingCrm: FakeCrm;
  call(method: string, path: string, body?: unknown): Promise<Json>;
  post(path: string, body?: unknown): Promise<Json>;
  get(path: string): Promise<Json>;
  /** Posts a signed webhook of Twilio. */
  fromTwilio(path: string, params: Record<string, string>): Promise<void>;
  fromCalendly(webhook: SignedWebhook): Promise<Json>;
  /** Does everything that is due at the present moment. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

function movableClock(start: number): MovableClock {
  let offset = start - Date.now();
  return {
    now: () => Date.now() + offset,
    moveTo(ms) {
      offset = ms - Date.now();
    },
  };
}

/** The service on a throw-away database, with a fake behind every outside address. */
export async function openStage(start: number): Promise<Stage> {
  const clock = movableClock(start);
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-demo-'));
  const twilio = await startFakeTwilio({ now: () => clock.now() });
  const openai = await startFakeOpenAi();
  const crm = await startFakeCrm();
  const failingCrm = await startFakeCrm();
  const settings = readSettings(
    {
      DATABASE_URL: `sqlite:${join(folder, 'demo.db')}`,
      PORT: process.env.PORT ?? '0',
      PUBLIC_URL,
      TIMEZONE: 'America/New_York',
      EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
      DELIVERY_RETRY_DELAYS: '0,30,300',
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_FROM: BUSINESS_PHONE,
      TWILIO_API_BASE_URL: twilio.url,
      OPENAI_API_KEY: 'key-of-the-fake',
      OPENAI_BASE_URL: openai.baseUrl,
      CALENDLY_BOOKING_URL: 'https://calendly.example.com/example-dental/visit',
      CALENDLY_WEBHOOK_SIGNING_KEY: FAKE_SIGNING_KEY,
      REVIEW_URL: 'https://reviews.example.com/example-dental',
      BUSINESS_NAME: 'Example Dental',
      BUSINESS_PHONE,
      BUSINESS_TIMEZONE: 'America/New_York',
      BUSINESS_HOURS: 'Mon-Fri 09:00-17:00',
      CALLBACK_NUMBER: BUSINESS_PHONE,
    },
    folder,
  );
  const runtime: Runtime = { ...systemRuntime, clock };
  await migrateDatabase(settings.database);
  const store = await openStore({ location: settings.database });
  const service = createService({ store, settings, runtime, log: silentLog, version: 'demo' });
  await service.prepare();
  const key = await store.unit(function* () {
    const made = yield* createApiKey(store, runtime, { name: 'demo', scopes: ['admin'] }, SYSTEM);
    return made.token;
  });
  const link = await store.unit(() => makeFirstAdminLink({ store, runtime }));
  const server = createServer(service.app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.PORT, '127.0.0.1', resolve);
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const read = async (response: Response, what: string): Promise<Json> => {
    const text = await response.text();
    if (response.status >= 400) throw new Error(`${what}: ${response.status} ${text}`);
    return text === '' ? {} : { ...(JSON.parse(text) as Json), http_status: response.status };
  };
  const call = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const response = await fetch(`${address}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return read(response, `${method} ${path}`);
  };
  return {
    address,
    key,
    signInLink: `${address}/sign-in?link=${link}`,
    clock,
    service,
    twilio,
    openai,
    crm,
    failingCrm,
    call,
    post: (path, body = {}) => call('POST', path, body),
    get: (path) => call('GET', path),
    async fromTwilio(path, params) {
      const all = { AccountSid: twilio.accountSid, To: BUSINESS_PHONE, ...params };
      const response = await twilio.post(`${address}${path}`, all, `${PUBLIC_URL}${path}`);
      if (response.status !== 200)
        throw new Error(`${path}: ${response.status} ${await response.text()}`);
    },
    async fromCalendly({ rawBody, headers }) {
      const response = await fetch(`${address}/api/webhooks/calendly`, {
        method: 'POST',
        headers,
        body: new Uint8Array(rawBody),
      });
      return read(response, 'Calendly');
    },
    async settle() {
      await service.retriesIdle();
      await service.qualifyDue();
      await service.askForReviews();
      await service.sendDue();
      await service.deliverDue();
      await service.backtest();
    },
    async close() {
      service.drain();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.stop();
      await store.close();
      await Promise.all([twilio, openai, crm, failingCrm].map((fake) => fake.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
