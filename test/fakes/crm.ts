import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as the receiver got it, its body byte by byte. */
export interface CrmRequest {
  headers: Record<string, string>;
  path: string;
  body: string;
  /** Requests of the same delivery that were open at the same moment, this one included. */
  together: number;
}

/** How a request is answered. */
export type CrmAnswer =
  | { kind: 'answer'; status: number; body?: string; headers?: Record<string, string> }
  /** No answer until `release`. */
  | { kind: 'hang' }
  /** The connection breaks without an answer. */
  | { kind: 'reset' }
  /** 200, and a body that never ends. */
  | { kind: 'endless' }
  /** A status line that dribbles in and is never complete. */
  | { kind: 'dribble' }
  /** 200 with the start of a body, and then silence. */
  | { kind: 'stall' };

export const ok: CrmAnswer = { kind: 'answer', status: 200, body: 'ok' };

export function status(code: number, headers?: Record<string, string>): CrmAnswer {
  return { kind: 'answer', status: code, body: `status ${code}`, headers };
}

export interface FakeCrm {
  port: number;
  url(path?: string): string;
  requests: CrmRequest[];
  /** Answers every request so, from now on. */
  behave(answer: CrmAnswer | ((request: CrmRequest, index: number) => CrmAnswer)): void;
  /** Answers the coming requests so, one each, before the usual answer applies again. */
  next(...answers: CrmAnswer[]): void;
  /** Resolves once this many requests have come in all. */
  arrived(count: number): Promise<void>;
  /** Answers what hangs. */
  release(status?: number): void;
  /** Requests that are open now. */
  open(): number;
  close(): Promise<void>;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function pour(response: ServerResponse): void {
  const chunk = 'x'.repeat(64 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

function dribble(socket: Socket): void {
  const text = 'HTTP/1.1 200 OK\r\nX-Slow: ';
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write(text[at] ?? 'x');
    at += 1;
  }, 5);
  socket.once('close', () => clearInterval(timer));
}

/** A broker's CRM on loopback that remembers every request and answers as it is told. */
export async function startFakeCrm(): Promise<FakeCrm> {
  const requests: CrmRequest[] = [];
  const sockets = new Set<Socket>();
  const hanging = new Set<ServerResponse>();
  const waiting = new Set<() => void>();
  const queue: CrmAnswer[] = [];
  let usual: (request: CrmRequest, index: number) => CrmAnswer = () => ok;
  const open = new Map<string, number>();

  const answer = (response: ServerResponse, how: CrmAnswer): void => {
    switch (how.kind) {
      case 'answer':
        response.writeHead(how.status, how.headers).end(how.body ?? '');
        return;
      case 'hang':
        hanging.add(response);
        response.once('close', () => hanging.delete(response));
        return;
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'endless':
        response.writeHead(200);
        pour(response);
        return;
      case 'dribble':
        if (response.socket !== null) dribble(response.socket);
        return;
      case 'stall':
        response.writeHead(200).write('half an answ');
    }
  };

  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id']);
    const together = (open.get(id) ?? 0) + 1;
    open.set(id, together);
    response.once('close', () => {
      const left = (open.get(id) ?? 1) - 1;
      if (left === 0) open.delete(id);
      else open.set(id, left);
    });
    read(request).then(
      (body) => {
        const seen: CrmRequest = {
          headers: request.headers as Record<string, string>,
          path: request.url ?? '',
          body,
          together,
        };
        requests.push(seen);
        answer(response, queue.shift() ?? usual(seen, requests.length - 1));
        for (const check of waiting) check();
      },
      () => undefined,
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    port,
    url: (path = '/leads') => `http://127.0.0.1:${port}${path}`,
    requests,
    behave(how) {
      usual = typeof how === 'function' ? how : () => how;
    },
    next: (...answers) => void queue.push(...answers),
    arrived: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (requests.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    release(code = 200) {
      for (const response of hanging) response.writeHead(code).end('late');
      hanging.clear();
    },
    open: () => [...open.values()].reduce((sum, count) => sum + count, 0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
