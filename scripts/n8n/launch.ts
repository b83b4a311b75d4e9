import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { packPackage } from '../pack-package.js';
import type { DataFolder } from './data-folder.js';
import { n8nEnvironment, type Ports } from './environment.js';
import { importCredential, importShipped } from './import.js';
import type { Installation } from './installation.js';
import { placePackage } from './place-package.js';
import { signIn, type Rest } from './rest.js';
import { startN8n, type N8nServer } from './server.js';
import { shippedWorkflows } from './workflow-files.js';

export interface LaunchOptions {
  installation: Installation;
  folder: DataFolder;
  ports: Ports;
  /** Where the service listens. */
  serviceAddress: string;
  say: (text: string) => void;
  /** Added to n8n's settings. */
  env?: Record<string, string>;
}

export interface Launched {
  server: N8nServer;
  rest: Rest;
}

async function installPackage({ folder, say }: LaunchOptions): Promise<void> {
  say('Packing and installing n8n-nodes-leadloop');
  const packing = mkdtempSync(join(tmpdir(), 'leadloop-pack-'));
  try {
    await placePackage(packPackage(packing), folder.path, folder.logFile);
  } finally {
    rmSync(packing, { recursive: true });
  }
}

/**
 * A running n8n with our package, the credential and the six workflows, all of them published. On a
 * folder that was used before, workflows stay as their owner left them.
 */
export async function launchN8n(options: LaunchOptions): Promise<Launched> {
  const { installation, folder, ports, serviceAddress, say } = options;
  const env = { ...n8nEnvironment(folder.path, folder.access, ports), ...options.env };
  const target = { installation, env, logFile: folder.logFile };
  await installPackage(options);
  const isNew = folder.access.imported === null;
  if (folder.access.imported !== serviceAddress) {
    say('Importing the credential');
    const data = { baseUrl: serviceAddress, apiKey: folder.access.adminKey };
    await importCredential(target, data);
  }
  if (isNew) {
    say('Importing the workflows');
    await importShipped(target);
  }
  say('Starting n8n');
  const server = await startN8n({ installation, env, port: ports.n8n, logFile: folder.logFile });
  try {
    const rest = await signIn(server.address, folder.access.owner);
    if (isNew) {
      for (const { id } of shippedWorkflows().values()) await rest.publish(id);
    }
    folder.save({ ...folder.access, imported: serviceAddress });
    return { server, rest };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
