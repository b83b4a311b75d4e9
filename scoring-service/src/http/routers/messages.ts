import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import { normalizeEmail } from '../../contact/index.js';
import { invalid } from '../../core/errors.js';
import { email, flag, id, phone, text } from '../../core/fields.js';
import { pagingQuery } from '../../core/paging.js';
import { toE164 } from '../../businesses/business-schema.js';
import { sendByHand } from '../../messaging/by-hand.js';
import { messageSchema, toMessage } from '../../messaging/message.js';
import {
  getMessage,
  listMessages,
  listSuppressions,
  toSuppression,
} from '../../messaging/queries.js';
import { activeSuppression, liftSuppression, suppress } from '../../messaging/suppressions.js';
import { messageStatuses } from '../../messaging/rules/index.js';
import type { ResponseDeps } from '../../response/deps.js';
import { route, type AnyRoute } from '../route.js';
import { idParams, pageSchema } from './schemas.js';

const nullable = z.string().nullable();

const suppressionSchema = z.object({
  id: z.string(),
  phone: nullable,
  email: nullable,
  reason: z.string(),
  source: z.string(),
  created_at: z.string(),
  created_by: z.unknown(),
  removed_at: nullable,
  removed_by: z.unknown(),
  removed_reason: nullable,
});

const contactFields = { phone: phone.optional(), email: email.optional() };

/** Messages and the suppression list. */
export function messageRoutes(deps: ResponseDeps): AnyRoute[] {
  const { store } = deps;

  const contactOf = (given: { phone?: string; email?: string }) => {
    const number = given.phone === undefined ? null : toE164(given.phone, deps.defaultRegion);
    if (number === undefined) {
      throw invalid({ phone: 'must be a phone number, with its country code' });
    }
    const contact = { phone: number, email: normalizeEmail(given.email) };
    if (contact.phone === null && contact.email === null) {
      throw invalid({ phone: 'a phone or an e-mail is required' });
    }
    return contact;
  };

  return [
    route({
      method: 'post',
      path: '/messages',
      scope: 'operate',
      tag: 'Messages',
      summary: 'Send a text by hand',
      description:
        'To a response lead or to a number. Every check is recorded; quiet hours only warn. A message that may not go is `skipped` with its reason.',
      idempotent: true,
      body: z
        .strictObject({
          lead_id: id.optional(),
          to: phone.optional(),
          kind: z
            .literal('manual', { error: 'must be manual: the other kinds are made by the service' })
            .default('manual'),
          body: text(1600),
        })
        .refine(({ lead_id, to }) => (lead_id === undefined) !== (to === undefined), {
          path: ['to'],
          error: 'send either lead_id or to',
        }),
      responses: {
        201: { description: 'The message, decided.', schema: messageSchema },
        404: { description: 'No such response lead.' },
      },
      handler: ({ body, caller, transact }) =>
        transact(function* () {
          const row = yield* sendByHand(deps, body, actorOf(caller));
          return { status: 201, body: toMessage(row) };
        }),
    }),
    route({
      method: 'get',
      path: '/messages',
      scope: 'read',
      tag: 'Messages',
      summary: 'List messages',
      query: z.object({
        ...pagingQuery,
        lead_id: id.optional(),
        business_id: id.optional(),
        status: z.enum([...messageStatuses, 'received']).optional(),
        direction: z.enum(['outbound', 'inbound']).optional(),
        kind: text(50).optional(),
        to: phone.optional(),
      }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(messageSchema) } },
      handler: async ({ query }) => ({
        status: 200,
        body: await listMessages(store, {
          ...query,
          to:
            query.to === undefined ? undefined : (toE164(query.to, deps.defaultRegion) ?? query.to),
        }),
      }),
    }),
    route({
      method: 'get',
      path: '/messages/:id',
      scope: 'read',
      tag: 'Messages',
      summary: 'Get a message with its checks',
      params: idParams,
      responses: {
        200: { description: 'The message.', schema: messageSchema },
        404: { description: 'No such message.' },
      },
      handler: async ({ params }) => ({ status: 200, body: await getMessage(store, params.id) }),
    }),
    route({
      method: 'get',
      path: '/suppressions',
      scope: 'read',
      tag: 'Suppressions',
      summary: 'Who must not be messaged',
      query: z.object({ ...pagingQuery, ...contactFields, removed: flag.optional() }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(suppressionSchema) } },
      handler: async ({ query: { phone: number, email: address, ...rest } }) => ({
        status: 200,
        body: await listSuppressions(store, {
          ...rest,
          ...(number === undefined ? {} : { phone: toE164(number, deps.defaultRegion) ?? number }),
          ...(address === undefined ? {} : { email: normalizeEmail(address) ?? address }),
        }),
      }),
    }),
    route({
      method: 'post',
      path: '/suppressions',
      scope: 'operate',
      tag: 'Suppressions',
      summary: 'Stop messages to a phone or an e-mail',
      description: 'Effective at once, for what waits too.',
      idempotent: true,
      body: z.strictObject({ ...contactFields, reason: text(500) }),
      responses: { 201: { description: 'On the list.', schema: suppressionSchema } },
      handler: ({ body, caller, transact }) => {
        const contact = contactOf(body);
        return transact(function* () {
          const [row] = yield* suppress(deps, {
            ...contact,
            reason: body.reason,
            source: 'api',
            actor: actorOf(caller),
          });
          if (row === undefined) throw new Error('A suppression vanished inside its transaction.');
          return { status: 201, body: toSuppression(row) };
        });
      },
    }),
    route({
      method: 'post',
      path: '/suppressions/check',
      scope: 'read',
      tag: 'Suppressions',
      summary: 'Whether a phone or an e-mail may be messaged',
      body: z.strictObject(contactFields),
      responses: {
        200: {
          description: 'Whether it is on the list, and why.',
          schema: z.object({
            suppressed: z.boolean(),
            id: nullable,
            reason: nullable,
            created_at: nullable,
          }),
        },
      },
      handler: async ({ body }) => {
        const contact = contactOf(body);
        const found = await store.unit(() => activeSuppression(store, contact));
        return {
          status: 200,
          body: {
            suppressed: found !== null,
            id: found?.id ?? null,
            reason: found?.reason ?? null,
            created_at: found === null ? null : new Date(found.created_at).toISOString(),
          },
        };
      },
    }),
    route({
      method: 'delete',
      path: '/suppressions/:id',
      scope: 'operate',
      tag: 'Suppressions',
      summary: 'Take a phone or an e-mail off the list',
      description: 'Needs a reason, which is kept.',
      params: idParams,
      body: z.strictObject({ reason: text(500) }),
      responses: { 204: { description: 'Off the list.' }, 404: { description: 'Not on it.' } },
      handler: ({ params, body, caller, transact }) =>
        transact(function* () {
          yield* liftSuppression(deps, params.id, body.reason, actorOf(caller));
          return { status: 204 };
        }),
    }),
  ];
}
