import { z } from 'zod';

import { AppError } from '../../core/errors.js';
import { fieldErrors, REPORT_INPUT } from '../../core/fields.js';
import { errorFields } from '../../core/log.js';
import { takeStatus } from '../../messaging/status-callback.js';
import {
  callParamsSchema,
  messageParamsSchema,
  statusParamsSchema,
  withOlderNames,
} from '../../providers/twilio/index.js';
import { ghlBodySchema } from '../../providers/ghl/index.js';
import { callAnswerSchema } from '../../response/answers.js';
import type { ResponseDeps } from '../../response/deps.js';
import { takeGhlCall } from '../../response/ghl-calls.js';
import { takeText } from '../../response/texts.js';
import { takeTwilioCall } from '../../response/twilio-calls.js';
import type { Reply } from '../reply.js';
import { route, type AnyRoute, type Context } from '../route.js';
import { ghlProof, twilioProof, type ProviderTrust } from './provider-proof.js';

/** Seconds: GoHighLevel repeats only a 429, after ten minutes of its own. */
const GHL_RETRY_AFTER = 60;

/** Webhooks come in bursts: those that wait together share a commit. */
const SHARED = { shared: true } as const;

const TWIML: Reply = {
  status: 200,
  text: { type: 'text/xml; charset=utf-8', content: '<Response/>' },
};

const anything = z.record(z.string(), z.unknown());
const proven = { description: '`<Response/>` as text/xml.' };
const unproven = { description: '`invalid_signature`: the request proves nothing.' };

function parse<T extends z.ZodType>(schema: T, params: Record<string, unknown>): z.output<T> {
  const parsed = schema.safeParse(params, REPORT_INPUT);
  if (parsed.success) return parsed.data;
  throw new AppError('invalid_payload', 400, 'Some parameters are missing or not valid.', {
    details: fieldErrors(parsed.error),
  });
}

/** What databases cannot hold is written as its escape; everything else stays as received. */
export function storableRaw(raw: string): string {
  return raw.replaceAll('\0', '%00').toWellFormed();
}

function verifiedBy({ caller }: Context): 'signature' | 'secret' | 'key' {
  return caller.verifiedBy ?? 'key';
}

/** Where providers post to; each proves itself, and answers come before anything is sent. */
export function webhookRoutes(deps: ResponseDeps, trust: ProviderTrust): AnyRoute[] {
  const twilio = (
    path: string,
    summary: string,
    take: (context: Context<Record<string, unknown>>) => Promise<unknown>,
  ): AnyRoute =>
    route({
      method: 'post',
      path,
      scope: 'intake',
      proof: twilioProof(trust),
      takesForms: true,
      tag: 'Webhooks',
      summary,
      description: 'Proven by `X-Twilio-Signature` over PUBLIC_URL, path and query.',
      body: anything,
      blanks: 'kept',
      responses: { 200: proven, 403: unproven },
      handler: async (context) => {
        await take(context as Context<Record<string, unknown>>);
        return TWIML;
      },
    });

  return [
    twilio('/webhooks/twilio', 'A call’s status from Twilio', (context) => {
      const params = parse(callParamsSchema, context.body);
      const received = {
        params,
        raw: storableRaw(context.rawBody),
        verifiedBy: verifiedBy(context),
        sourceKeyId: null,
      };
      return deps.store.unit(() => takeTwilioCall(deps, received), SHARED);
    }),
    twilio('/webhooks/twilio/messages', 'An inbound text from Twilio', (context) => {
      const params = parse(messageParamsSchema, withOlderNames(context.body));
      const raw = storableRaw(context.rawBody);
      return deps.store.unit(() => takeText(deps, { params, raw }), SHARED);
    }),
    twilio('/webhooks/twilio/message-status', 'A text’s delivery report from Twilio', (context) => {
      const params = parse(statusParamsSchema, withOlderNames(context.body));
      const { mid } = context.request.query;
      const id = typeof mid === 'string' && mid !== '' ? mid : null;
      return deps.store.unit(() => takeStatus(deps, params, id), SHARED);
    }),
    route({
      method: 'post',
      path: '/webhooks/ghl',
      scope: 'intake',
      proof: ghlProof(trust),
      tag: 'Webhooks',
      summary: 'A missed call from GoHighLevel',
      description:
        'Proven by `X-GHL-Signature` over the raw body, or by GHL_WEBHOOK_SECRET in `X-LeadLoop-Secret`.',
      body: ghlBodySchema,
      blanks: 'kept',
      responses: {
        200: { description: 'What was made of it.', schema: callAnswerSchema },
        403: unproven,
        429: { description: 'It could not be stored now; send it again.' },
      },
      handler: async (context) => {
        const received = {
          body: context.body,
          raw: storableRaw(context.rawBody),
          verifiedBy: verifiedBy(context as Context),
          sourceKeyId: null,
        };
        try {
          const answer = await deps.store.unit(() => takeGhlCall(deps, received), SHARED);
          return { status: 200, body: answer };
        } catch (error) {
          if (error instanceof AppError && error.status < 500) throw error;
          deps.log.error('a webhook could not be stored', {
            request_id: context.requestId,
            provider: 'ghl',
            ...errorFields(error),
          });
          // A 5xx would be final for GoHighLevel.
          throw new AppError('try_again', 429, 'The event could not be stored. Send it again.', {
            retryAfter: GHL_RETRY_AFTER,
            cause: error,
          });
        }
      },
    }),
  ];
}
