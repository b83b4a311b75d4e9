import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';

import { TEST_CERTIFICATE, TEST_KEY } from './test-certificate.js';

/** A request as the receiver saw it. */
export interface Received {
  headers: IncomingMessage['headers'];
  body: string;
}

/** A real HTTP receiver on loopback that remembers what reached it. */
export interface Receiver {
  port: number;
  /** URL with the given host name; the address by default. */
  url(host?: string, scheme?: string): string;
  connections: number;
  received: Received[];
  /** Settles when the connection of the first request is gone. */
  firstClosed: Promise<void>;
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(server: NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Remembers the sockets of a server, so that closing it leaves nothing behind. */
function track(server: NetServer, onConnection: (socket: Socket) => void): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const socket of sockets) socket.destroy();
    });
}

/** Starts a receiver that answers with `answer` once the request body is complete. */
export async function startReceiver(answer: Answer, { tls = false } = {}): Promise<Receiver> {
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  };
  const server: Server = tls
    ? createTlsServer({ cert: TEST_CERTIFICATE, key: TEST_KEY }, listener)
    : createServer(listener);
  let firstGone: () => void = () => undefined;
  const receiver: Receiver = {
    port: 0,
    url: (host = '127.0.0.1', scheme = tls ? 'https' : 'http') =>
      `${scheme}://${host}:${receiver.port}/hook`,
    connections: 0,
    received,
    firstClosed: new Promise((resolve) => {
      firstGone = resolve;
    }),
    close: track(server, (socket) => {
      receiver.connections++;
      socket.on('close', firstGone);
    }),
  };
  receiver.port = await listen(server);
  return receiver;
}
