import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import twilio from 'twilio';

import {
  answerProblems,
  type ContractMethod,
  listPath,
  onePath,
  requestProblems,
} from './twilio-contract.js';
import { failWith, refuse } from './twilio-faults.js';
import type { FakeMessage, FakeTwilio, FakeTwilioOptions, Fault } from './twilio-types.js';

export type { FakeMessage, FakeTwilio, FakeTwilioOptions, Fault } from './twilio-types.js';

const rfc2822 = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * A loopback server that speaks Twilio's Messages API (create, list, fetch, update) as far as
 * sending and finding texts goes, and can be made to fail in each way that a sender must survive.
 *
 * @example
 * const fake = await startFakeTwilio();
 * fake.failNext({ kind: 'reset', accepted: true });
 */
export async function startFakeTwilio(options: FakeTwilioOptions = {}): Promise<FakeTwilio> {
  const accountSid = options.accountSid ?? `AC${'0'.repeat(31)}1`;
  const authToken = options.authToken ?? 'token-of-the-fake';
  const now = options.now ?? Date.now;
  const sockets = new Set<Socket>();
  const messages: FakeMessage[] = [];
  const requests: string[] = [];
  const violations: string[] = [];
  const faults: Fault[] = [];
  let outage: Fault | null = null;

  const base = `/2010-04-01/Accounts/${accountSid}/Messages`;
  const uriOf = (sid: string): string => `${base}/${sid}.json`;
  const publicForm = (message: FakeMessage) => ({
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.created_at),
    date_sent: message.status === 'queued' ? null : rfc2822(message.created_at),
    date_updated: rfc2822(message.created_at),
    direction: 'outbound-api',
    error_code: message.error_code,
    error_message: null,
    from: message.from,
    messaging_service_sid: message.messaging_service_sid,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${base}/${message.sid}/Media.json` },
    to: message.to,
    uri: uriOf(message.sid),
  });

  function add(message: Partial<FakeMessage> & { to: string; body: string }): FakeMessage {
    const made: FakeMessage = {
      sid: `SM${(messages.length + 1).toString(16).padStart(32, '0')}`,
      from: null,
      status: 'queued',
      error_code: null,
      messaging_service_sid: null,
      status_callback: null,
      created_at: now(),
      ...message,
    };
    messages.push(made);
    return made;
  }

  function answer(
    response: ServerResponse,
    path: typeof listPath | typeof onePath,
    method: ContractMethod,
    status: number,
    body: unknown,
  ): void {
    violations.push(...answerProblems(path, method, status, body));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }

  function create(form: Record<string, string>): FakeMessage | [code: number, message: string] {
    if (!/^\+\d{8,15}$/.test(form.To ?? '')) return [21211, "The 'To' number is not valid."];
    if (!form.From && !form.MessagingServiceSid) return [21603, "A 'From' is required."];
    if (!form.Body) return [21602, 'Message body is required.'];
    return add({
      to: form.To ?? '',
      body: form.Body,
      from: form.From ?? null,
      messaging_service_sid: form.MessagingServiceSid ?? null,
      status_callback: form.StatusCallback ?? null,
    });
  }

  function listed(query: URLSearchParams) {
    const size = Number(query.get('PageSize') ?? 50);
    const page = Number(query.get('Page') ?? 0);
    const sent = (m: FakeMessage): number => (m.status === 'queued' ? Number.NaN : m.created_at);
    const after = query.get('DateSent>');
    const before = query.get('DateSent<');
    const found = messages
      .filter((m) => (query.get('To') ?? m.to) === m.to && (query.get('From') ?? m.from) === m.from)
      .filter((m) => after === null || sent(m) >= Date.parse(after))
      .filter((m) => before === null || sent(m) <= Date.parse(before))
      .reverse();
    const uri = (n: number): string => {
      const next = new URLSearchParams(query);
      next.set('Page', String(n));
      next.set('PageSize', String(size));
      return `${base}.json?${next}`;
    };
    return {
      end: Math.min(found.length, (page + 1) * size) - 1,
      first_page_uri: uri(0),
      next_page_uri: found.length > (page + 1) * size ? uri(page + 1) : null,
      page,
      page_size: size,
      previous_page_uri: page > 0 ? uri(page - 1) : null,
      start: page * size,
      uri: uri(page),
      messages: found.slice(page * size, (page + 1) * size).map(publicForm),
    };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake.example.com');
    const method: ContractMethod = request.method === 'POST' ? 'post' : 'get';
    requests.push(`${request.method} ${url.pathname}`);
    const form = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
    const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    if (request.headers.authorization !== expected)
      return refuse(response, 401, 20003, 'Authenticate');
    const sid = url.pathname.startsWith(`${base}/`)
      ? url.pathname.slice(base.length + 1).replace(/\.json$/, '')
      : null;
    if (sid === null && url.pathname !== `${base}.json`)
      return refuse(response, 404, 20404, 'Not found');
    const path = sid === null ? listPath : onePath;
    violations.push(...requestProblems(path, method, Object.fromEntries(url.searchParams), form));

    const fault = faults.shift() ?? outage;
    if (fault !== null) {
      const accepts = fault.kind === 'garbage' || ('accepted' in fault && fault.accepted === true);
      if (accepts && path === listPath && method === 'post') create(form);
      return failWith(fault, request, response);
    }
    if (path === listPath) {
      if (method === 'get') return answer(response, path, method, 200, listed(url.searchParams));
      const made = create(form);
      if (Array.isArray(made)) return refuse(response, 400, made[0], made[1]);
      return answer(response, path, method, 201, publicForm(made));
    }
    const message = messages.find((candidate) => candidate.sid === sid);
    if (message === undefined) return refuse(response, 404, 20404, 'Not found');
    if (method === 'post') {
      if (form.Body !== undefined) message.body = form.Body;
      if (form.Status !== undefined) message.status = form.Status;
    }
    answer(response, path, method, 200, publicForm(message));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      violations.push(`the fake broke: ${String(error)}`);
      response.destroy();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const sign = (url: string, params: Record<string, string>): string =>
    twilio.getExpectedTwilioSignature(authToken, url, params);

  async function post(
    url: string,
    params: Record<string, string>,
    signedUrl = url,
  ): Promise<Response> {
    return fetch(url, {
      method: 'POST',
      headers: {
        'X-Twilio-Signature': sign(signedUrl, params),
        'I-Twilio-Idempotency-Token': String(now()),
      },
      body: new URLSearchParams(params),
    });
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accountSid,
    authToken,
    messages,
    requests,
    violations,
    failNext: (...next) => void faults.push(...next),
    failAll: (fault) => {
      outage = fault;
    },
    add,
    post,
    sign,
    async report(sid, status, { errorCode, deliverTo } = {}) {
      const message = messages.find((candidate) => candidate.sid === sid);
      if (message?.status_callback == null) throw new Error(`${sid} has no status callback`);
      message.status = status;
      message.error_code = errorCode ?? null;
      const params: Record<string, string> = {
        AccountSid: accountSid,
        ApiVersion: '2010-04-01',
        From: message.from ?? '',
        To: message.to,
        MessageSid: sid,
        MessageStatus: status,
        SmsSid: sid,
        SmsStatus: status,
      };
      if (errorCode !== undefined) params.ErrorCode = String(errorCode);
      return post(deliverTo ?? message.status_callback, params, message.status_callback);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
