import { request } from 'node:http';

import { ADMIN_KEY } from './service.js';

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export interface RawRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  /** Sent as one body with its length, or in chunks when it is a list. */
  body?: string | Uint8Array | readonly (string | Uint8Array)[];
}

/** One request over a connection of its own, with nothing added but the admin key. */
export function sendRaw(address: string, given: RawRequest): Promise<RawAnswer> {
  const { method, path, body } = given;
  const chunked = Array.isArray(body);
  const whole = body === undefined || chunked ? undefined : Buffer.from(body as string);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      address,
      {
        method,
        path,
        agent: false,
        headers: {
          authorization: `Bearer ${ADMIN_KEY}`,
          ...(whole === undefined ? {} : { 'content-length': String(whole.length) }),
          ...given.headers,
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(parts).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    if (chunked) for (const part of body) outgoing.write(part);
    outgoing.end(whole);
  });
}
