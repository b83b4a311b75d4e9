/**
 * From a clone to a working editor: `npm run n8n [-- --data <folder>]`. Without a folder everything
 * is kept in a temporary one and gone at the end.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { whenNpmEnds } from '../../scoring-service/src/cli/parent.js';
import { startService, type Running } from '../../scoring-service/src/main.js';
import { readSettings } from '../../scoring-service/src/settings/settings.js';
import { openDataFolder, type DataFolder } from './data-folder.js';
import { installN8n } from './installation.js';
import { launchN8n, type Launched } from './launch.js';
import { freePort } from './ports.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    'n8n-port': { type: 'string', default: '5678' },
    'service-port': { type: 'string', default: '4100' },
  },
});

const say = (text: string): void => console.log(text);

/** What a shop of one sets, so that calls and forms have a business to belong to. */
const EXAMPLE_BUSINESS = {
  BUSINESS_NAME: 'Example Business',
  BUSINESS_PHONE: '+12025550100',
};

async function startOurService(folder: DataFolder): Promise<Running> {
  const port = await freePort(Number(values['service-port']));
  const settings = readSettings(
    {
      ...EXAMPLE_BUSINESS,
      LOG_LEVEL: 'warn',
      // To try things out: brokers' webhooks may be on this machine, n8n's own among them.
      EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
      DATABASE_URL: `sqlite:${join(folder.path, 'leadloop.db')}`,
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      LEADLOOP_ADMIN_KEY: folder.access.adminKey,
    },
    folder.path,
  );
  return startService({ settings, version: 'local' });
}

function tellWhere(service: Running, { server }: Launched, folder: DataFolder): void {
  const { email, password } = folder.access.owner;
  say('');
  say(`n8n:                ${server.address}`);
  say(`  sign in with      ${email}`);
  say(`  password          ${password}`);
  say(`LeadLoop:           ${service.address}`);
  if (service.firstLink !== null) say(`  first sign-in     ${service.firstLink}`);
  say(`  admin API key     ${folder.access.adminKey}`);
  say('');
  say('The six workflows are imported and active. Ctrl+C ends both.');
}

const chosen = values.data === undefined ? null : resolve(values.data);
const path = chosen ?? mkdtempSync(join(tmpdir(), 'leadloop-n8n-'));
const folder = openDataFolder(path);
let service: Running | undefined;
let launched: Launched | undefined;

async function end(code: number): Promise<never> {
  await launched?.server.stop();
  await service?.stop();
  if (chosen === null) rmSync(path, { recursive: true, force: true });
  process.exit(code);
}

let ending = false;
const stop = (): void => {
  if (ending) return;
  ending = true;
  say('Ending');
  void end(0);
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
whenNpmEnds(stop);

try {
  const installation = await installN8n(say);
  service = await startOurService(folder);
  launched = await launchN8n({
    installation,
    folder,
    ports: { n8n: await freePort(Number(values['n8n-port'])), broker: await freePort() },
    serviceAddress: service.address,
    say,
  });
  tellWhere(service, launched, folder);
  await launched.server.ended;
  if (!ending) {
    console.error(`n8n ended by itself; what it said is in ${folder.logFile}`);
    await end(1);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await end(1);
}
