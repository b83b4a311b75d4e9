import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/**
 * A loopback server that speaks the Chat Completions wire format, with every way of failing that a
 * client must survive. It never leaves the machine and keeps no timers once closed.
 */

export type FakeAnswer = { reason: string; score: number; decision: string };

export type FakeMode =
  /** A good answer, a function of the request. */
  | { kind: 'answer'; answer?: FakeAnswer | ((request: FakeRequest) => FakeAnswer) }
  | { kind: 'refusal' }
  | { kind: 'length' }
  | { kind: 'content_filter' }
  /** A completion whose content is this text. */
  | { kind: 'content'; content: string }
  /** A body that is no completion at all. */
  | { kind: 'body'; body: string; contentType?: string }
  /** Any HTTP error, in OpenAI's error shape. */
  | { kind: 'status'; status: number; code?: string; headers?: Record<string, string> }
  /** Accepts the request and says nothing. */
  | { kind: 'hang' }
  /** Sends headers, then one byte at a time for ever. */
  | { kind: 'drip'; everyMs?: number }
  /** Sends headers and a body without end, as fast as it is read. */
  | { kind: 'flood' }
  /** Bytes that are not HTTP. */
  | { kind: 'malformed_http' }
  /** Closes the socket without a word. */
  | { kind: 'reset' };

export type FakeRequest = {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: {
    model?: string;
    temperature?: number;
    max_tokens?: number;
    messages?: { role: string; content: string }[];
    response_format?: { type: string; json_schema: Record<string, unknown> };
    [key: string]: unknown;
  };
  rawBody: string;
};

export type FakeOpenAi = {
  /** What `OPENAI_BASE_URL` is set to. */
  baseUrl: string;
  /** Every request received, oldest first. */
  requests: FakeRequest[];
  /** The behaviour from now on. */
  setMode(mode: FakeMode): void;
  /** The behaviour of the next requests, one each, before the set mode applies again. */
  next(...modes: FakeMode[]): void;
  close(): Promise<void>;
};

/** Starts a fake on a free loopback port. */
export async function startFakeOpenAi(initial: FakeMode = { kind: 'answer' }): Promise<FakeOpenAi> {
  let mode = initial;
  const queue: FakeMode[] = [];
  const requests: FakeRequest[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();

  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const rawBody = Buffer.concat(chunks).toString('utf8');
      const request: FakeRequest = {
        method: req.method ?? '',
        path: req.url ?? '',
        headers: req.headers,
        body: parsed(rawBody),
        rawBody,
      };
      requests.push(request);
      respond(isProbe(request) ? mode : (queue.shift() ?? mode), request, res, timers);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    setMode: (next) => {
      mode = next;
    },
    next: (...modes) => {
      queue.push(...modes);
    },
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function isProbe({ method, path }: FakeRequest): boolean {
  return method === 'GET' && path.endsWith('/models');
}

function respond(
  mode: FakeMode,
  request: FakeRequest,
  res: ServerResponse,
  timers: Set<NodeJS.Timeout>,
): void {
  // What a probe asks; it fails as everything else does.
  if (isProbe(request)) {
    if (mode.kind === 'status') return sendError(res, mode.status, mode.code ?? null, mode.headers);
    if (mode.kind === 'hang') return;
    if (mode.kind === 'reset') return void res.socket?.destroy();
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ object: 'list', data: [{ id: 'fake', object: 'model' }] }));
    return;
  }
  // Like the real service: any other path is unknown.
  if (request.method !== 'POST' || !request.path.endsWith('/chat/completions')) {
    return sendError(res, 404, 'not_found');
  }
  switch (mode.kind) {
    case 'answer': {
      const { answer = answerFromRequest } = mode;
      const content = typeof answer === 'function' ? answer(request) : answer;
      return sendCompletion(res, request, { content: JSON.stringify(content) });
    }
    case 'content':
      return sendCompletion(res, request, { content: mode.content });
    case 'refusal':
      return sendCompletion(res, request, { content: null, refusal: "I'm sorry, I can't help." });
    case 'length':
      // Cut-off text that happens to parse must still not count.
      return sendCompletion(
        res,
        request,
        { content: JSON.stringify({ reason: 'Cut', score: 90, decision: 'book_now' }) },
        'length',
      );
    case 'content_filter':
      return sendCompletion(res, request, { content: '' }, 'content_filter');
    case 'body':
      res.writeHead(200, { 'content-type': mode.contentType ?? 'application/json' });
      res.end(mode.body);
      return;
    case 'status':
      return sendError(res, mode.status, mode.code ?? null, mode.headers);
    case 'hang':
      return;
    case 'drip': {
      res.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => res.write(' '), mode.everyMs ?? 5);
      timers.add(timer);
      res.on('close', () => clearInterval(timer));
      return;
    }
    case 'flood': {
      res.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(16 * 1024, ' ');
      const pour = () => {
        while (!res.destroyed && res.write(chunk));
      };
      res.on('drain', pour);
      pour();
      return;
    }
    case 'malformed_http':
      res.socket?.end('NOT HTTP AT ALL\r\n\r\n');
      return;
    case 'reset':
      res.socket?.destroy();
      return;
  }
}

/** Likes enquiries that speak of booking, dislikes empty and pushy ones: enough to be a function of the text. */
export function answerFromRequest(request: FakeRequest): FakeAnswer {
  const text = enquirySent(request).toLowerCase();
  if (/book|appointment|schedule|asks_to_book|as soon as/.test(text)) {
    return { reason: 'The person wants an appointment.', score: 91, decision: 'book_now' };
  }
  if (/seo|crypto|sales_pitch|spam/.test(text)) {
    return { reason: 'This is an offer to the business.', score: 8, decision: 'low_quality' };
  }
  return { reason: 'The person has a question.', score: 55, decision: 'follow_up' };
}

/** The enquiry inside a request: the line between the markers, as JSON text. */
export function enquirySent(request: FakeRequest): string {
  const user = request.body.messages?.find((message) => message.role === 'user')?.content ?? '';
  return user.split('\n').at(-2) ?? '';
}

function sendCompletion(
  res: ServerResponse,
  request: FakeRequest,
  message: { content: string | null; refusal?: string },
  finish_reason = 'stop',
): void {
  const body = {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 0,
    model: request.body.model ?? 'fake',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', refusal: null, ...message },
        logprobs: null,
        finish_reason,
      },
    ],
    usage: { prompt_tokens: 400, completion_tokens: 40, total_tokens: 440 },
  };
  res.writeHead(200, { 'content-type': 'application/json' });
  res.end(JSON.stringify(body));
}

function sendError(
  res: ServerResponse,
  status: number,
  code: string | null,
  headers: Record<string, string> = {},
): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify({ error: { message: 'fake error', type: 'fake', param: null, code } }));
}

function parsed(rawBody: string): FakeRequest['body'] {
  try {
    return JSON.parse(rawBody) as FakeRequest['body'];
  } catch {
    return {};
  }
}
