import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import type { Installation } from './installation.js';

export interface N8nServer {
  /** Where the editor and the webhooks are. */
  address: string;
  pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<void>;
  /** Lets n8n finish what runs, and ends it. */
  stop(): Promise<void>;
}

export interface StartOptions {
  installation: Installation;
  env: NodeJS.ProcessEnv;
  port: number;
  logFile: string;
}

const READY_WITHIN_MS = 180_000;

async function isReady(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/healthz/readiness`);
    return response.ok;
  } catch {
    return false;
  }
}

/** Starts n8n; resolves when it answers and its database is ready. */
export async function startN8n(options: StartOptions): Promise<N8nServer> {
  const log = openSync(options.logFile, 'a');
  const child = spawn(process.execPath, [options.installation.program, 'start'], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let running = true;
  // Whatever ends this process while n8n starts ends n8n as well.
  const kill = (): boolean => child.kill();
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running = false;
      process.off('exit', kill);
      resolve();
    });
  });
  const address = `http://127.0.0.1:${options.port}`;
  const stop = async (): Promise<void> => {
    if (running) child.kill('SIGTERM');
    await ended;
  };
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(address))) {
    if (!running || Date.now() > until) {
      await stop();
      const said = readFileSync(options.logFile, 'utf8').split('\n').slice(-30).join('\n');
      throw new Error(`n8n did not start:\n${said}`);
    }
    await pause(250);
  }
  return { address, pid: child.pid ?? 0, ended, stop };
}
