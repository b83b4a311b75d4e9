import { createServer } from 'node:net';

import { AppError } from '../core/errors.js';
import { openStore } from '../db/open.js';
import { readSettings, SettingsError, type Settings } from '../settings/settings.js';

interface Finding {
  ok: boolean;
  text: string;
}

function checkNode(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 22
    ? { ok: true, text: `Node ${process.versions.node}` }
    : {
        ok: false,
        text: `Node ${process.versions.node} is too old. Run the commands through npm.`,
      };
}

async function checkDatabase(settings: Settings): Promise<Finding> {
  const name = settings.database.kind === 'sqlite' ? settings.database.file : 'PostgreSQL';
  try {
    const store = await openStore({ location: settings.database, maxConnections: 2 });
    try {
      await store.ping();
    } finally {
      await store.close();
    }
    return { ok: true, text: `database: ${name} answers and its schema is the newest` };
  } catch (error) {
    // What callers of the API are told says less than an operator needs.
    const cause = error instanceof AppError ? (error.options.cause ?? error) : error;
    const message = cause instanceof Error ? cause.message || cause.name : String(cause);
    return {
      ok: false,
      text: `database: ${name}: ${message}. On a new database run "leadloop migrate" or "leadloop serve".`,
    };
  }
}

function checkPort(settings: Settings): Promise<Finding> {
  const place = `${settings.HOST}:${settings.PORT}`;
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      resolve(
        error.code === 'EADDRINUSE'
          ? { ok: true, text: `address: ${place} is in use (by the running service, or set PORT)` }
          : {
              ok: false,
              text: `address: cannot listen on ${place}: ${error.code ?? error.message}`,
            },
      );
    });
    probe.listen(settings.PORT, settings.HOST, () => {
      probe.close(() => resolve({ ok: true, text: `address: ${place} is free` }));
    });
  });
}

function checkExposure(settings: Settings): Finding {
  const loopback = /^(127\.|::1$|localhost$)/.test(settings.HOST);
  if (loopback || settings.PUBLIC_URL?.startsWith('https://') === true) {
    return { ok: true, text: `exposure: ${loopback ? 'loopback only' : 'public over https'}` };
  }
  return {
    ok: true,
    text: 'exposure: reachable from other machines. Put a TLS proxy in front and set PUBLIC_URL.',
  };
}

/** Checks everything that can be checked without effects; true when nothing needs mending. */
export async function doctor(
  env: Record<string, string | undefined>,
  root: string,
  say: (text: string) => void,
): Promise<boolean> {
  let settings: Settings;
  try {
    settings = readSettings(env, root);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    say('settings: not valid');
    for (const problem of error.problems) say(`  mend ${problem}`);
    return false;
  }
  const findings = [
    checkNode(),
    { ok: true, text: 'settings: valid' },
    await checkDatabase(settings),
    await checkPort(settings),
    checkExposure(settings),
  ];
  for (const { ok, text } of findings) say(`${ok ? 'ok  ' : 'MEND'} ${text}`);
  return findings.every(({ ok }) => ok);
}
