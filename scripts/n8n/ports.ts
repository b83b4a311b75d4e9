import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

function listens(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });
}

/** The wanted port of the loopback when it is free, otherwise any that is. */
export async function freePort(wanted = 0): Promise<number> {
  const port = (await listens(wanted)) ?? (await listens(0));
  if (port === null) throw new Error('There is no free port on 127.0.0.1.');
  return port;
}
