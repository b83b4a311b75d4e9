import { z } from 'zod';

import type { Caller } from '../../access/api-keys.js';
import { AppError, invalid } from '../../core/errors.js';
import { fieldErrors, REPORT_INPUT, text } from '../../core/fields.js';
import { submissionBlanks, submissionSchema } from '../../forms/submission-schema.js';
import { ghlBodySchema, secretMatches, type GhlBody } from '../../providers/ghl/index.js';
import { callParamsSchema } from '../../providers/twilio/index.js';
import { callAnswerSchema, formAnswerSchema } from '../../response/answers.js';
import type { ResponseDeps } from '../../response/deps.js';
import { takeForm } from '../../response/form-submissions.js';
import { takeGhlCall } from '../../response/ghl-calls.js';
import type { VerifiedBy } from '../../response/source-events.js';
import { takeTwilioCall } from '../../response/twilio-calls.js';
import type { Evidence } from '../proof.js';
import { route, type AnyRoute } from '../route.js';
import { checkForwarded, refuse, type ProviderTrust } from './provider-proof.js';
import { storableRaw } from './webhooks.js';

/** Enquiries come in bursts: those that wait together share a commit. */
const SHARED = { shared: true } as const;

const anything = z.record(z.string(), z.unknown(), { error: 'must be an object' });

const missedCallSchema = z.object({
  provider: z.enum(['twilio', 'ghl'], { error: 'must be twilio or ghl' }),
  params: anything.optional(),
  provider_proof: z
    .object({
      signature: text(2000),
      url: text(4000).optional(),
      params: anything.optional(),
      raw_body_base64: z.string().max(400_000).optional(),
    })
    .optional(),
});

type MissedCall = z.output<typeof missedCallSchema>;

/**
 * The provider's own words: with a proof those that it covers, which must verify; without one what
 * the caller sent, whose key is the proof.
 */
function wordsOf(
  { provider, params, provider_proof: proof }: MissedCall,
  trust: ProviderTrust,
): { params: Record<string, unknown>; raw: string | null; verifiedBy: VerifiedBy } {
  if (proof === undefined) {
    if (params === undefined) throw invalid({ params: 'is required' });
    return { params, raw: null, verifiedBy: 'key' };
  }
  const { signature } = proof;
  if (provider === 'twilio') {
    if (proof.url === undefined || proof.params === undefined) {
      throw invalid({ provider_proof: 'must hold signature, url and params' });
    }
    checkForwarded(trust, { provider, signature, url: proof.url, params: proof.params });
    return { params: proof.params, raw: null, verifiedBy: 'signature' };
  }
  if (proof.raw_body_base64 === undefined) {
    throw invalid({ provider_proof: 'must hold signature and raw_body_base64' });
  }
  const rawBody = Buffer.from(proof.raw_body_base64, 'base64');
  checkForwarded(trust, { provider, signature, rawBody });
  const raw = rawBody.toString('utf8');
  let body: unknown;
  try {
    body = JSON.parse(raw);
  } catch {
    body = null;
  }
  const parsed = ghlBodySchema.safeParse(body);
  if (!parsed.success) {
    throw invalid({ 'provider_proof.raw_body_base64': 'must be a JSON object' });
  }
  return { params: parsed.data, raw, verifiedBy: 'signature' };
}

/** Calls and forms as programs and nodes hand them over. */
export function enquiryRoutes(deps: ResponseDeps, trust: ProviderTrust): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/calls/missed',
      scope: 'intake',
      tag: 'Lead response',
      summary: 'Take in a call, missed or not',
      description:
        'A `provider_proof` must verify: {signature, url, params} for twilio, {signature, raw_body_base64} for ghl. Without one the API key is the proof.',
      idempotent: true,
      body: missedCallSchema,
      responses: {
        200: { description: 'What was made of it.', schema: callAnswerSchema },
        403: { description: '`invalid_signature`: the proof does not verify.' },
      },
      handler: ({ body, rawBody, caller, transact }) => {
        const words = wordsOf(body, trust);
        const raw = storableRaw(words.raw ?? rawBody);
        const common = { raw, verifiedBy: words.verifiedBy, sourceKeyId: caller.keyId };
        if (body.provider === 'ghl') {
          return transact(function* () {
            const received = { ...common, body: words.params as GhlBody };
            return { status: 200, body: yield* takeGhlCall(deps, received) };
          }, SHARED);
        }
        const params = callParamsSchema.safeParse(words.params, REPORT_INPUT);
        if (!params.success) throw invalid(fieldErrors(params.error));
        return transact(function* () {
          const received = { ...common, params: params.data };
          return { status: 200, body: yield* takeTwilioCall(deps, received) };
        }, SHARED);
      },
    }),
    route({
      method: 'post',
      path: '/forms/submissions',
      scope: 'intake',
      proof: (evidence) => formProof(deps, trust, evidence),
      tag: 'Lead response',
      summary: 'Take in a web form',
      description:
        'With an API key (scope `intake`) or the form’s own secret in `X-LeadLoop-Secret`. Idempotent by `submission_id`, else by form, contact, message and minute.',
      idempotent: true,
      body: submissionSchema,
      blanks: submissionBlanks,
      responses: {
        200: { description: 'Its lead, task and acknowledgement.', schema: formAnswerSchema },
        403: { description: 'The secret is not the form’s.' },
        409: { description: '`form_disabled`.' },
      },
      handler: ({ body, rawBody, caller, transact }) =>
        transact(function* () {
          const answer = yield* takeForm(deps, {
            submission: body,
            raw: storableRaw(rawBody),
            verifiedBy: caller.verifiedBy ?? 'key',
            sourceKeyId: caller.verifiedBy === undefined ? caller.keyId : null,
          });
          return { status: 200, body: answer };
        }, SHARED),
    }),
  ];
}

/** The secret of the very form that is submitted, or an API key. */
async function formProof(
  { store }: ResponseDeps,
  trust: ProviderTrust,
  { request, body, authenticate }: Evidence,
): Promise<Caller> {
  const given = request.get('x-leadloop-secret');
  if (given === undefined || given === '') return authenticate();
  const formId: unknown = (body as { form_id?: unknown } | null)?.form_id;
  const id = typeof formId === 'string' || typeof formId === 'number' ? String(formId).trim() : '';
  const form =
    id === '' || id.includes('\0')
      ? undefined
      : await store.db
          .selectFrom('forms')
          .select(['id', 'secret'])
          .where('form_id', '=', id)
          .executeTakeFirst();
  if (form === undefined || !secretMatches(given, form.secret ?? undefined)) {
    refuse(trust, 'form', 'the secret is not the form’s');
    throw new AppError('invalid_secret', 403, 'The secret is not the one of this form.');
  }
  return {
    keyId: `form:${form.id}`,
    name: `form ${id}`,
    scopes: [],
    brokerIds: null,
    verifiedBy: 'secret',
  };
}
