import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (from 32768 on Linux, from 49152
 * elsewhere): one of those may be taken by any connection before n8n, which starts for seconds,
 * listens on it.
 */
const FROM = 20_000;
const TO = 32_000;
const MAX_TRIES = 1000;

/** Nobody listens yet on what was given here a moment ago. */
const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => {
      server.close(() => resolve(true));
    });
  });
}

/** The wanted port of the loopback when it is free (0: any), otherwise any that is; none is given twice. */
export async function freePort(wanted = 0): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const port = tries === 0 && wanted !== 0 ? wanted : randomInt(FROM, TO);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
    given.delete(port);
  }
  throw new Error('There is no free port on 127.0.0.1.');
}
