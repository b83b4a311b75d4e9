import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import {
  appointmentSchema,
  APPOINTMENT_STATUSES,
  createAppointmentSchema,
  updateAppointmentSchema,
} from '../../appointments/appointment-schema.js';
import { bookAppointment } from '../../appointments/book.js';
import { takeCalendlyEvent, type BookingAnswer } from '../../appointments/calendly.js';
import type { AppointmentsDeps } from '../../appointments/deps.js';
import { getAppointment, listAppointments, readAppointment } from '../../appointments/queries.js';
import { updateAppointment } from '../../appointments/update.js';
import { AppError } from '../../core/errors.js';
import { id, instant, text } from '../../core/fields.js';
import { pagingQuery } from '../../core/paging.js';
import type { Unit } from '../../db/unit.js';
import { parseCalendlyWebhook } from '../../providers/calendly/index.js';
import { repeatedWhen } from '../../response/answers.js';
import type { VerifiedBy } from '../../response/source-events.js';
import { route, type AnyRoute } from '../route.js';
import { calendlyProof, checkCalendly, type CalendlyTrust } from './calendly-proof.js';
import { idParams, pageSchema } from './schemas.js';
import { storableRaw } from './webhooks.js';

const missing = { description: 'No such appointment.' };
const unproven = { description: '`invalid_signature`: the request proves nothing.' };

const bookingAnswerSchema = z.object({
  outcome: z.enum([
    'booked',
    'rescheduled',
    'cancelled',
    'no_show',
    'moving',
    'unchanged',
    'remembered',
    'ignored',
  ]),
  appointment_id: z.string().nullable(),
  lead_id: z.string().nullable(),
  repeated: repeatedWhen(
    'Whether this very event was taken in before; then nothing was changed by it. `ignored` events are not kept, and never a repetition.',
  ),
});

const changedAppointmentSchema = appointmentSchema.extend({
  repeated: repeatedWhen('Whether it was so already; then nothing was changed.'),
});

const booking = {
  description:
    'What was made of it. `remembered`: the booking it is about is not known yet; `ignored`: an event of another kind.',
  schema: bookingAnswerSchema,
};

const IGNORED: BookingAnswer = {
  outcome: 'ignored',
  appointment_id: null,
  lead_id: null,
  repeated: false,
};

/** Takes a verified body of Calendly: 400 when it is not what Calendly sends. */
function* takeBody(
  deps: AppointmentsDeps,
  raw: string,
  verifiedBy: VerifiedBy,
): Unit<BookingAnswer> {
  const parsed = parseCalendlyWebhook(raw);
  if (!parsed.ok) {
    throw new AppError('invalid_payload', 400, 'The event is not one that Calendly sends.', {
      details: Object.fromEntries(parsed.fields.map((field) => [field, 'is missing or not valid'])),
    });
  }
  if (parsed.event === null) return IGNORED;
  return yield* takeCalendlyEvent(deps, { event: parsed.event, raw: storableRaw(raw), verifiedBy });
}

/** Appointments, by hand, by workflows and as Calendly tells of them. */
export function appointmentRoutes(deps: AppointmentsDeps, trust: CalendlyTrust): AnyRoute[] {
  const { store } = deps;
  return [
    route({
      method: 'get',
      path: '/appointments',
      scope: 'read',
      tag: 'Appointments',
      summary: 'List appointments',
      query: z.object({
        ...pagingQuery,
        lead_id: id.optional(),
        business_id: id.optional(),
        status: z.enum(APPOINTMENT_STATUSES).optional(),
        since: instant.optional(),
        until: instant.optional(),
      }),
      responses: { 200: { description: 'Newest first.', schema: pageSchema(appointmentSchema) } },
      handler: async ({ query }) => ({ status: 200, body: await listAppointments(store, query) }),
    }),
    route({
      method: 'get',
      path: '/appointments/:id',
      scope: 'read',
      tag: 'Appointments',
      summary: 'Get an appointment',
      params: idParams,
      responses: { 200: { description: 'It.', schema: appointmentSchema }, 404: missing },
      handler: async ({ params }) => ({
        status: 200,
        body: await getAppointment(store, params.id),
      }),
    }),
    route({
      method: 'post',
      path: '/appointments',
      scope: 'operate',
      tag: 'Appointments',
      summary: 'Book an appointment',
      description:
        'Once per `calendly_invitee_uri` and once per lead and time: a repetition answers 200 with the one there is. Completes the lead’s open callback task and schedules the review request.',
      body: createAppointmentSchema,
      idempotent: true,
      responses: {
        201: { description: 'Booked.', schema: appointmentSchema },
        200: { description: 'It had been booked before.', schema: appointmentSchema },
        404: { description: 'No such lead.' },
      },
      handler: ({ body, caller, transact }) =>
        transact(function* () {
          const { row, created } = yield* bookAppointment(deps, body, actorOf(caller));
          return { status: created ? 201 : 200, body: yield* readAppointment(store, row.id) };
        }),
    }),
    route({
      method: 'patch',
      path: '/appointments/:id',
      scope: 'operate',
      tag: 'Appointments',
      summary: 'Move an appointment, or say how it ended',
      description:
        'The review request moves with it; `cancelled` and `no_show` cancel it, unless the text has gone out. Under an Idempotency-Key the `version` may be read anew.',
      params: idParams,
      body: updateAppointmentSchema,
      blanks: 'kept',
      idempotent: true,
      responses: {
        200: { description: 'As it is now.', schema: changedAppointmentSchema },
        404: missing,
        409: { description: '`stale_version`, `already_booked`.' },
      },
      handler: ({ params, body, caller, transact }) =>
        transact(function* () {
          const row = yield* updateAppointment(deps, params.id, body, actorOf(caller));
          const repeated = row.version === body.version;
          return { status: 200, body: { ...(yield* readAppointment(store, row.id)), repeated } };
        }),
    }),
    route({
      method: 'post',
      path: '/appointments/calendly-event',
      scope: 'intake',
      tag: 'Appointments',
      summary: 'Hand on a webhook of Calendly',
      description: 'The proof must verify: the signature over exactly these bytes, not too old.',
      body: z.object({
        provider_proof: z.object({
          signature: text(2000),
          raw_body_base64: z.string({ error: 'must be text' }).max(400_000),
        }),
      }),
      idempotent: true,
      bodyLimit: 512 * 1024,
      responses: { 200: booking, 403: unproven },
      handler: ({ body, transact }) => {
        const rawBody = Buffer.from(body.provider_proof.raw_body_base64, 'base64');
        checkCalendly(trust, body.provider_proof.signature, rawBody);
        return transact(function* () {
          return {
            status: 200,
            body: yield* takeBody(deps, rawBody.toString('utf8'), 'signature'),
          };
        });
      },
    }),
    route({
      method: 'post',
      path: '/webhooks/calendly',
      scope: 'intake',
      proof: calendlyProof(trust),
      tag: 'Webhooks',
      summary: 'A booking made, moved, cancelled or missed at Calendly',
      description: 'Proven by `Calendly-Webhook-Signature` over the raw body.',
      body: z.record(z.string(), z.unknown()),
      blanks: 'kept',
      responses: { 200: booking, 403: unproven },
      handler: async ({ rawBody }) => ({
        status: 200,
        body: await store.unit(() => takeBody(deps, rawBody, 'signature')),
      }),
    }),
  ];
}
