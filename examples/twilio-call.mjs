/**
 * A missed call, posted and signed as Twilio does:
 *
 *   TWILIO_AUTH_TOKEN=… node examples/twilio-call.mjs +12025550123 [stop]
 *
 * With `stop` it posts the caller's text "STOP" instead.
 */
import { randomBytes } from 'node:crypto';

import twilio from 'twilio';

const [from, what] = process.argv.slice(2);
const token = process.env.TWILIO_AUTH_TOKEN;
if (from === undefined || token === undefined) {
  console.error('Usage: TWILIO_AUTH_TOKEN=… node examples/twilio-call.mjs <from> [stop]');
  process.exit(2);
}
const base = process.env.PUBLIC_URL ?? 'http://127.0.0.1:4100';
const to = process.env.BUSINESS_PHONE ?? '+12025550100';
const sid = randomBytes(16).toString('hex');
const [path, params] =
  what === 'stop'
    ? [
        '/api/webhooks/twilio/messages',
        { MessageSid: `SM${sid}`, From: from, To: to, Body: 'STOP' },
      ]
    : [
        '/api/webhooks/twilio',
        { CallSid: `CA${sid}`, From: from, To: to, CallStatus: 'no-answer', Direction: 'inbound' },
      ];
const url = base + path;
const response = await fetch(url, {
  method: 'POST',
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': twilio.getExpectedTwilioSignature(token, url, params),
  },
  body: new URLSearchParams(params),
});
console.log(response.status, await response.text());
