import type { IDataObject } from 'n8n-workflow';

import { given } from '../../shared/client';
import { CallFailed, unusable } from '../../shared/failure';
import { done } from '../../shared/outputs';
import { parseObject } from '../../shared/parameters';
import { filled } from '../../shared/properties';
import { rawBodyOf } from '../../shared/raw-body';
import { perItem, type Operation, type Run } from '../../shared/run';

/** What a provider's proof needs, or undefined when no signature was given. */
async function proofOf(
  run: Run,
  item: number,
  params: IDataObject,
): Promise<IDataObject | undefined> {
  const proof = run.parameters.group('proof', item);
  const signature = String(proof.signature ?? '').trim();
  if (signature === '') return undefined;
  if (run.parameters.text('provider', item) === 'twilio') {
    return { signature, url: proof.url, params };
  }
  const field = String(proof.rawBodyField ?? 'data');
  return { signature, raw_body_base64: await rawBodyOf(run, item, field) };
}

/** Reports a call that a provider told about; LeadLoop decides whether it was missed. */
export const captureMissedCall: Operation = perItem(async (run, item) => {
  const params = run.parameters.json('callParameters', 'Call Parameters', item);
  if (Object.keys(params).length === 0) {
    throw new CallFailed(
      unusable(
        '"Call Parameters" is empty',
        'Map it to what the provider posted; for a Webhook node that is {{ $json.body }}.',
      ),
    );
  }
  const answer = await run.call({
    method: 'POST',
    path: '/calls/missed',
    body: filled({
      provider: run.parameters.text('provider', item),
      params,
      provider_proof: await proofOf(run, item, params),
    }),
    idempotencyKey: run.key(item),
  });
  return done(answer);
});

const OF_THE_SUBMISSION = ['form_version', 'submission_id', 'submitted_at'];

/** Reports a submitted form with the consent that came with it. */
export const captureForm: Operation = perItem(async ({ parameters, call, key }, item) => {
  const { custom, ...additional } = parameters.group('additionalFields', item);
  const named = Object.entries(additional);
  const answer = await call({
    method: 'POST',
    path: '/forms/submissions',
    body: filled({
      form_id: parameters.required('formId', 'Form ID', item),
      ...Object.fromEntries(named.filter(([name]) => OF_THE_SUBMISSION.includes(name))),
      fields: filled({
        ...parseObject(custom, 'Custom Fields'),
        name: parameters.text('name', item),
        email: parameters.text('email', item),
        phone: parameters.text('phone', item),
        message: parameters.text('message', item),
        ...Object.fromEntries(named.filter(([name]) => !OF_THE_SUBMISSION.includes(name))),
      }),
      consent: filled(parameters.group('consent', item)),
    }),
    idempotencyKey: key(item),
  });
  return done(answer);
});

/** Changes a lead that is known by its contact id. */
export const updateLead: Operation = perItem(async ({ parameters, call, key }, item) => {
  const answer = await call({
    method: 'PATCH',
    path: '/leads/update',
    body: {
      ...parameters.group('updateFields', item),
      ghl_contact_id: parameters.required('ghlContactId', 'Contact ID', item),
    },
    idempotencyKey: key(item),
  });
  return done(answer);
});

const NO_LEAD = {
  found: false,
  lead_id: null,
  lead_name: null,
  status: null,
  assigned: false,
  broker: null,
  reason_code: 'not_found',
};

/** Finds the newest lead with a phone number. That there is none is an answer, not a failure. */
export const lookUpLead: Operation = perItem(async ({ parameters, call }, item) => {
  const query = given({
    phone: parameters.required('phone', 'Phone', item),
    kind: parameters.text('kind', item),
  });
  try {
    return done({ found: true, ...(await call({ method: 'GET', path: '/leads/lookup', query })) });
  } catch (error) {
    if (error instanceof CallFailed && error.failure.code === 'not_found') return done(NO_LEAD);
    return Promise.reject(error as Error);
  }
}, 4);

const LEAD_MEMBERS = [
  'id',
  'kind',
  'status',
  'name',
  'business_name',
  'email',
  'phone',
  'state',
  'vertical',
  'credit_score',
  'funding_amount',
  'ghl_contact_id',
  'assigned_broker_id',
  'assigned_order_id',
  'assigned_at',
  'rejection_reason',
  'qualification',
  'booking_url',
  'source',
  'created_at',
  'version',
] as const;

export const LEAD = {
  path: '/leads',
  locator: 'leadId',
  label: 'Lead',
  simple: LEAD_MEMBERS,
} as const;
