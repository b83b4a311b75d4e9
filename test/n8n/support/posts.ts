import type { SignedWebhook } from '../../fakes/calendly.js';
import type { Execution, Json } from './executions.js';
import { BUSINESS_PHONE, type Stage } from './stage.js';

/** What a workflow answered, and the execution that it was. */
export interface Outcome {
  status: number;
  type: string;
  text: string;
  /** The answer, when it is JSON. */
  json: Json;
  location: string | null;
  execution: Execution;
}

const CALLS = '/webhook/leadloop/missed-call';

interface Sent {
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/** Posts to n8n without waiting for the execution. */
export function post(stage: Stage, { path, headers, body }: Sent): Promise<Response> {
  return fetch(`${stage.n8n}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: body as never,
  });
}

/** Posts to n8n's production address; resolves when the execution that it started is over. */
async function send(stage: Stage, workflow: string, sent: Sent): Promise<Outcome> {
  const id = stage.idOf(workflow);
  const before = await stage.executions.newest(id);
  const response = await post(stage, sent);
  const text = await response.text();
  const [execution] = await stage.executions.after(id, before);
  if (execution === undefined) throw new Error('There is no execution.');
  stage.seen.add(workflow, execution);
  const type = response.headers.get('content-type') ?? '';
  const json = (type.includes('json') && text !== '' ? JSON.parse(text) : {}) as Json;
  const location = response.headers.get('location');
  return { status: response.status, type, text, json, location, execution };
}

export const asJson = (
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Sent => ({
  path: `/webhook/leadloop/${path}`,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

let calls = 0;
/** The sid of a call that nobody has made yet. */
export const newCallSid = (): string => `CA${String((calls += 1)).padStart(32, '0')}`;

let callers = 0;
/** A number that nobody has called from yet, among those reserved for examples. */
export function newPhone(): string {
  const areas = ['202', '212', '312', '415', '503', '617', '702', '808'];
  callers += 1;
  const area = areas[callers % areas.length] ?? '202';
  return `+1${area}55501${String(Math.floor(callers / areas.length)).padStart(2, '0')}`;
}

/** A callback of Twilio's as it arrives; the signature covers the address that Twilio knows. */
export function twilioCallback(stage: Stage, params: Record<string, string>, forged = false): Sent {
  const all = {
    AccountSid: stage.twilio.accountSid,
    To: BUSINESS_PHONE,
    Direction: 'inbound',
    CallStatus: 'completed',
    ...params,
  };
  const signature = stage.twilio.sign(`${stage.n8n}${CALLS}`, all);
  return {
    path: CALLS,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': forged ? Buffer.from('forged').toString('base64') : signature,
    },
    body: new URLSearchParams(all).toString(),
  };
}

/** A call that rang out, unless the parameters say otherwise. */
export function call(stage: Stage, params: Record<string, string>): Promise<Outcome> {
  const all = { CallSid: newCallSid(), DialCallStatus: 'no-answer', ...params };
  return send(stage, 'missed-call', twilioCallback(stage, all));
}

export const forgedCall = (stage: Stage, params: Record<string, string>): Promise<Outcome> =>
  send(stage, 'missed-call', twilioCallback(stage, { CallSid: newCallSid(), ...params }, true));

export const postCall = (stage: Stage, sent: Sent): Promise<Outcome> =>
  send(stage, 'missed-call', sent);

export const ghlCall = (
  stage: Stage,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Outcome> => send(stage, 'missed-call', asJson('missed-call-ghl', body, headers));

export const form = (stage: Stage, body: unknown): Promise<Outcome> =>
  send(stage, 'web-form', asJson('web-form', body));

/** A form as a browser posts it without scripts. */
export const plainForm = (stage: Stage, fields: Record<string, string>): Promise<Outcome> =>
  send(stage, 'web-form', {
    path: '/webhook/leadloop/web-form',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });

export const calendly = (stage: Stage, { rawBody, headers }: SignedWebhook): Promise<Outcome> =>
  send(stage, 'appointment', {
    path: '/webhook/leadloop/appointment',
    headers,
    body: new Uint8Array(rawBody),
  });

export const visit = (
  stage: Stage,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Outcome> => send(stage, 'appointment', asJson('visit', body, headers));

export const lead = (
  stage: Stage,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Outcome> => send(stage, 'lead-distribution', asJson('leads', body, headers));
