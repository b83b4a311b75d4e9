import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openDataFolder } from '../../../scripts/n8n/data-folder.js';
import { n8nEnvironment } from '../../../scripts/n8n/environment.js';
import { installN8n, type Installation } from '../../../scripts/n8n/installation.js';
import { launchN8n, type Launched } from '../../../scripts/n8n/launch.js';
import { freePort } from '../../../scripts/n8n/ports.js';
import { signIn, type Rest } from '../../../scripts/n8n/rest.js';
import { startN8n } from '../../../scripts/n8n/server.js';
import { shippedWorkflows } from '../../../scripts/n8n/workflow-files.js';
import { silentLog } from '../../../scoring-service/src/core/log.js';
import { startService, type Running } from '../../../scoring-service/src/main.js';
import { readSettings } from '../../../scoring-service/src/settings/settings.js';
import { FAKE_SIGNING_KEY } from '../../fakes/calendly.js';
import { startFakeCrm, type FakeCrm } from '../../fakes/crm.js';
import { startFakeOpenAi, type FakeOpenAi } from '../../fakes/openai.js';
import { startFakeTwilio, type FakeTwilio } from '../../fakes/twilio.js';
import { age, fillMemory } from './databases.js';
import { editing, type Editing } from './editing.js';
import { readExecutions, type Executions, type Json } from './executions.js';
import { startFaultyLine, type FaultyLine } from './proxy.js';
import { watchBranches, type Seen } from './seen.js';

export const BUSINESS_PHONE = '+12025550100';

export interface Stage extends Editing {
  n8n: string;
  installation: Installation;
  rest: Rest;
  executions: Executions;
  twilio: FakeTwilio;
  openai: FakeOpenAi;
  /** A broker's CRM. */
  crm: FakeCrm;
  /** Where the workflows' messages for people go. */
  chat: FakeCrm;
  /** Between n8n and the service. */
  line: FaultyLine;
  serviceAddress: string;
  /** The key that n8n's credential holds. */
  adminKey: string;
  /** The branches that ran so far. */
  seen: Seen;
  /** The id of a shipped workflow, by its file's name. */
  idOf(workflow: string): string;
  /** A request to the service's API. @throws Error when it is refused */
  call(method: string, path: string, body?: unknown): Promise<Json>;
  /** What n8n says of every node it has loaded. */
  descriptions(): Promise<Json[]>;
  /** Fills n8n's memory for repetitions of a workflow to its limit. */
  fillMemory(workflow: string): Promise<void>;
  /** Puts moments of a row of the service an hour back, as if the hour had passed. */
  age(table: string, id: string, columns: string[]): void;
  stopService(): Promise<void>;
  startService(): Promise<void>;
  stopN8n(): Promise<void>;
  startN8n(): Promise<void>;
  /** Ends n8n and starts it again on the same data. */
  restartN8n(): Promise<void>;
  close(): Promise<void>;
}

export interface StageOptions {
  /** n8n speaks to the service itself, as an operator's does, not over the line that can be cut. */
  direct?: boolean;
}

/** A service and an n8n as `npm run n8n` starts them, with a fake behind every outside address. */
export async function openStage({ direct = false }: StageOptions = {}): Promise<Stage> {
  const path = mkdtempSync(join(tmpdir(), 'leadloop-n8n-test-'));
  const folder = openDataFolder(path);
  const [twilio, openai, crm, chat] = [
    await startFakeTwilio(),
    await startFakeOpenAi(),
    await startFakeCrm(),
    await startFakeCrm(),
  ];
  const installation = await installN8n(() => undefined);
  const ports = { n8n: await freePort(), broker: await freePort() };
  const servicePort = await freePort();
  const settings = readSettings(
    {
      DATABASE_URL: `sqlite:${join(path, 'leadloop.db')}`,
      HOST: '127.0.0.1',
      PORT: String(servicePort),
      PUBLIC_URL: 'https://leads.example.com',
      LEADLOOP_ADMIN_KEY: folder.access.adminKey,
      EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
      DELIVERY_RETRY_DELAYS: '0,1,1,1,1,1',
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_FROM: BUSINESS_PHONE,
      TWILIO_API_BASE_URL: twilio.url,
      OPENAI_API_KEY: 'key-of-the-fake',
      OPENAI_BASE_URL: openai.baseUrl,
      CALENDLY_BOOKING_URL: 'https://calendly.example.com/example-dental/visit',
      CALENDLY_WEBHOOK_SIGNING_KEY: FAKE_SIGNING_KEY,
      GHL_WEBHOOK_SECRET: 'secret-of-the-ghl-workflow',
      REVIEW_URL: 'https://reviews.example.com/example-dental',
      BUSINESS_NAME: 'Example Dental',
      BUSINESS_PHONE,
      BUSINESS_HOURS: 'Mon-Sun 00:00-24:00',
      CALLBACK_NUMBER: BUSINESS_PHONE,
    },
    path,
  );
  const serve = (): Promise<Running> => startService({ settings, version: 'test', log: silentLog });
  let service: Running | null = await serve();
  const serviceAddress = service.address;
  const line = await startFaultyLine(serviceAddress);
  const closeAll = async (): Promise<void> => {
    await service?.stop();
    await Promise.all([line, twilio, openai, crm, chat].map((fake) => fake.close()));
    rmSync(path, { recursive: true, force: true });
  };
  const asked = direct ? serviceAddress : line.address;
  const launch = { installation, folder, ports, serviceAddress: asked };
  let launched: Launched;
  try {
    launched = await launchN8n({ ...launch, say: () => undefined });
  } catch (error) {
    await closeAll();
    throw error;
  }
  const executions = (): Executions => readExecutions(launched.rest);
  const workflows = shippedWorkflows();
  const seen = watchBranches(workflows);

  const idOf = (name: string): string => {
    const id = workflows.get(name)?.id;
    if (id === undefined) throw new Error(`There is no workflow ${name}.`);
    return id;
  };

  const startAgain = async (): Promise<void> => {
    const env = n8nEnvironment(folder.path, folder.access, ports);
    const options = { installation, env, port: ports.n8n, logFile: folder.logFile };
    const server = await startN8n(options);
    launched = { server, rest: await signIn(server.address, folder.access.owner) };
  };

  return {
    n8n: launched.server.address,
    installation,
    get rest() {
      return launched.rest;
    },
    get executions() {
      return executions();
    },
    twilio,
    openai,
    crm,
    chat,
    line,
    serviceAddress,
    adminKey: folder.access.adminKey,
    seen,
    idOf,
    ...editing(() => launched.rest, idOf),
    async call(method, path_, body) {
      const response = await fetch(`${serviceAddress}/api${path_}`, {
        method,
        headers: {
          authorization: `Bearer ${folder.access.adminKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path_}: ${response.status} ${text}`);
      return (text === '' ? {} : JSON.parse(text)) as Json;
    },
    async descriptions() {
      const cookie = launched.rest.cookie();
      const response = await fetch(`${launched.server.address}/types/nodes.json`, {
        headers: { cookie },
      });
      return (await response.json()) as Json[];
    },
    fillMemory(name) {
      fillMemory(join(path, '.n8n/database.sqlite'), idOf(name));
      return Promise.resolve();
    },
    age: (table, id, columns) => age(join(path, 'leadloop.db'), table, id, columns),
    async stopService() {
      await service?.stop();
      service = null;
    },
    async startService() {
      service ??= await serve();
    },
    stopN8n: () => launched.server.stop(),
    startN8n: startAgain,
    async restartN8n() {
      await launched.server.stop();
      await startAgain();
    },
    async close() {
      await launched.server.stop();
      await closeAll();
    },
  };
}
