import type { Server, ServerResponse } from 'node:http';

/**
 * How a server ends: no new connections, requests in flight are finished and their connections
 * closed after the answer (clients that keep connections alive would hold the server open), and
 * what has not ended `withinMs` later is cut off.
 * @returns ends the server; resolves when every connection is closed
 */
export function createGracefulClose(server: Server, withinMs: number): () => Promise<void> {
  const open = new Set<ServerResponse>();
  let closing = false;
  server.prependListener('request', (_request, response: ServerResponse) => {
    open.add(response);
    if (closing) response.setHeader('Connection', 'close');
    response.once('close', () => open.delete(response));
  });
  return () =>
    new Promise((resolve) => {
      closing = true;
      for (const response of open) {
        if (!response.headersSent) response.setHeader('Connection', 'close');
      }
      const force = setTimeout(() => server.closeAllConnections(), withinMs).unref();
      server.close(() => {
        clearTimeout(force);
        resolve();
      });
      server.closeIdleConnections();
    });
}
