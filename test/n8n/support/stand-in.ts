import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  status: number;
  body: string;
}

export interface StandIn {
  address: string;
  close(): Promise<void>;
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/**
 * A server that costs next to nothing: what `target` answered to the first request of a kind, it
 * answers at once to every other one. Kinds are methods and paths without the ids in them.
 */
export async function startStandIn(target: string): Promise<StandIn> {
  const kept = new Map<string, Answer>();

  const ask = async (request: IncomingMessage, body: string): Promise<Answer> => {
    const response = await fetch(target + request.url, {
      method: request.method,
      headers: {
        authorization: request.headers.authorization ?? '',
        'content-type': request.headers['content-type'] ?? 'application/json',
      },
      body: body === '' ? undefined : body,
    });
    return { status: response.status, body: await response.text() };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const kind = `${request.method} ${request.url?.replace(UUID, ':id')}`;
    const body = await textOf(request);
    const known = kept.get(kind) ?? (await ask(request, body));
    if (known.status === 200) kept.set(kind, known);
    response.writeHead(known.status, { 'content-type': 'application/json' }).end(known.body);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
