/**
 * How fast a missed call is answered while Twilio is slow: signed webhooks at a fixed rate, each
 * of somebody new, against the service on SQLite whose Twilio answers after two seconds. Requests
 * start on a fixed schedule, and a late start counts as time, so a stall shows in the figures.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL, URLSearchParams } from 'node:url';

import twilio from 'twilio';

import { ADMIN_KEY } from './fixture.mjs';
import { startServer } from './processes.mjs';

const PATH = '/api/webhooks/twilio';
const AUTH_TOKEN = 'token-of-the-bench';

/** A Twilio that takes every text, two seconds later. */
function startSlowTwilio(delayMs) {
  let taken = 0;
  const server = http.createServer((request, response) => {
    const chunks = [];
    // The service ends with texts on their way; that must not end the bench.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      setTimeout(() => {
        taken += 1;
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({
            sid: `SM${String(taken).padStart(32, '0')}`,
            status: 'queued',
            to: form.get('To'),
            body: form.get('Body'),
            from: form.get('From'),
          }),
        );
      }, delayMs);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${server.address().port}`,
        taken: () => taken,
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      }),
    );
  });
}

function post(agent, address, form, signature) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      `${address}${PATH}`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(form),
          'x-twilio-signature': signature,
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      },
    );
    request.on('error', reject);
    request.end(form);
  });
}

/** Everything that costs the client time is made beforehand. */
function prepare(count) {
  return Array.from({ length: count }, (_, i) => {
    const params = {
      CallSid: `CA${process.pid}${i}`,
      From: `+1${['202', '212', '312', '415', '503', '617', '702', '808'][i % 8]}55501${String(Math.floor(i / 8) % 100).padStart(2, '0')}`,
      To: '+12025550100',
      CallStatus: 'no-answer',
      Direction: 'inbound',
    };
    return {
      form: new URLSearchParams(params).toString(),
      signature: twilio.getExpectedTwilioSignature(
        AUTH_TOKEN,
        `https://leads.example.com${PATH}`,
        params,
      ),
    };
  });
}

export async function benchMissedCall({ rate = 100, seconds = 20, twilioDelayMs = 2000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-bench-'));
  const slow = await startSlowTwilio(twilioDelayMs);
  const server = await startServer('response-server.mjs', [
    `sqlite:${join(folder, 'calls.db')}`,
    slow.url,
  ]);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });
  const warmUp = rate * 3;
  const requests = prepare(warmUp + rate * seconds);
  const latencies = [];
  const failures = [];
  try {
    const startedAt = performance.now();
    await Promise.all(
      requests.map(async ({ form, signature }, i) => {
        const due = startedAt + (i * 1000) / rate;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
        const status = await post(agent, server.address, form, signature);
        if (status !== 200) failures.push(status);
        if (i >= warmUp) latencies.push(performance.now() - due);
      }),
    );
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const answer = await fetch(`${server.address}/api/providers`, { headers });
    const { data } = await answer.json();
    latencies.sort((a, b) => a - b);
    const at = (share) => Number(latencies[Math.ceil(latencies.length * share) - 1].toFixed(2));
    return {
      rate,
      calls: latencies.length,
      failed: failures.length,
      twilio_delay_ms: twilioDelayMs,
      texts_taken_meanwhile: slow.taken(),
      twilio: data.find(({ name }) => name === 'twilio').status,
      ms: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
    };
  } finally {
    agent.destroy();
    await server.stop();
    slow.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await benchMissedCall());
}
