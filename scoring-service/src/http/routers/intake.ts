import { z } from 'zod';

import type { Caller } from '../../access/api-keys.js';
import { actorOf } from '../../access/actor.js';
import type { Runtime } from '../../core/clock.js';
import { AppError } from '../../core/errors.js';
import { fieldErrors, phone, withoutBlanks } from '../../core/fields.js';
import { normalizePhone } from '../../contact/index.js';
import type { Unit } from '../../db/unit.js';
import type { RoutingDeps } from '../../routing/assignment/ports.js';
import {
  assignmentAnswer,
  assignmentSchema,
  intakeAnswer,
  intakeAnswerSchema,
  type IntakeAnswer,
} from '../../leads/answers.js';
import type { Intake } from '../../leads/intake.js';
import type { IntakeOutcome, WaitingLead } from '../../leads/intake-unit.js';
import {
  incomingLeadSchema,
  updateBlanks,
  updateLeadSchema,
  type IncomingLead,
} from '../../leads/lead-schema.js';
import { newLead } from '../../leads/lead.js';
import { findLeadByPhone } from '../../leads/queries.js';
import { updateLead, type UpdatedLead } from '../../leads/update.js';
import { settleClaim, takeClaim, type Claim } from '../idempotency.js';
import type { Reply } from '../reply.js';
import { route, type AnyRoute } from '../route.js';

const MAX_BATCH = 500;
const BATCH_BODY_LIMIT = 5 * 1024 * 1024;

export interface IntakeRoutesDeps {
  routing: RoutingDeps;
  runtime: Runtime;
  intake: Intake;
  knownSets: Set<string>;
  defaultRegion: string;
  rerouteOnUpdate: boolean;
}

interface InvalidPayload {
  error: 'invalid_payload';
  message: string;
  details: Record<string, string>;
}

const query = z.object({
  delivery: z.enum(['hold'], { error: 'must be hold, or be left out' }).optional(),
});

const invalidPayload = {
  description: '`invalid_payload` with the fields, or `invalid_json`.',
};

/** Intake: the calls that programs and nodes make for each lead. */
export function intakeRoutes(deps: IntakeRoutesDeps): AnyRoute[] {
  const { intake, runtime, routing } = deps;

  const waitingLead = (
    input: IncomingLead,
    raw: string,
    caller: Caller,
    hold: boolean,
  ): WaitingLead => ({
    raw,
    lead: newLead(input, {
      id: runtime.newId(),
      at: runtime.clock.now(),
      source: caller.name,
      sourceKeyId: caller.keyId,
      brokerIds: caller.brokerIds,
      hold,
      defaultRegion: deps.defaultRegion,
    }),
  });

  /** The job's answer, kept under the request's Idempotency-Key when it has one. */
  const submit = (
    leads: WaitingLead[],
    claim: Claim | null,
    answer: (outcomes: IntakeOutcome[]) => unknown,
  ): Promise<Reply> =>
    intake.submit<Reply>({
      leads,
      before:
        claim === null ? undefined : () => takeClaim(routing.store, claim, runtime.clock.now()),
      *after(outcomes): Unit<Reply> {
        const reply = { status: 200, body: answer(outcomes) };
        if (claim !== null) yield* settleClaim(routing.store, claim, reply);
        return reply;
      },
    });

  return [
    route({
      method: 'post',
      path: '/leads/incoming',
      scope: 'intake',
      tag: 'Intake',
      summary: 'Take in a lead, route and assign it',
      description:
        'Answers after the commit. Null and blank fields count as absent; unknown fields are kept with the raw payload.',
      idempotent: true,
      invalidCode: 'invalid_payload',
      body: incomingLeadSchema,
      query,
      responses: {
        200: {
          description: 'Assigned, unassigned, rejected or duplicate.',
          schema: intakeAnswerSchema,
        },
        400: invalidPayload,
      },
      handler: ({ body, rawBody, caller, claim, query: { delivery } }) =>
        submit([waitingLead(body, rawBody, caller, delivery === 'hold')], claim, ([outcome]) =>
          outcome === undefined ? null : intakeAnswer(outcome),
        ),
    }),
    route({
      method: 'post',
      path: '/leads/incoming/batch',
      scope: 'intake',
      tag: 'Intake',
      summary: 'Take in up to 500 leads',
      description:
        'Each result is what the single call would have answered, in the same order. With an Idempotency-Key the batch is one transaction.',
      idempotent: true,
      invalidCode: 'invalid_payload',
      bodyLimit: BATCH_BODY_LIMIT,
      body: z.object({
        leads: z
          .array(z.unknown(), { error: 'must be a list of leads' })
          .min(1, 'must hold 1 to 500 leads')
          .max(MAX_BATCH, 'must hold 1 to 500 leads'),
      }),
      query,
      responses: {
        200: {
          description: 'One result per lead.',
          schema: z.object({ results: z.array(z.unknown()) }),
        },
        400: invalidPayload,
      },
      handler: ({ body, caller, claim, query: { delivery } }) => {
        const results: (IntakeAnswer | InvalidPayload | null)[] = [];
        const leads: WaitingLead[] = [];
        const places: number[] = [];
        body.leads.forEach((element, index) => {
          const parsed = incomingLeadSchema.safeParse(withoutBlanks(element));
          if (!parsed.success) {
            results.push({
              error: 'invalid_payload',
              message: 'The lead is not valid.',
              details: fieldErrors(parsed.error),
            });
            return;
          }
          results.push(null);
          places.push(index);
          leads.push(
            waitingLead(parsed.data, JSON.stringify(element), caller, delivery === 'hold'),
          );
        });
        return submit(leads, claim, (outcomes) => {
          const filled = [...results];
          outcomes.forEach((outcome, index) => {
            const place = places[index];
            if (place !== undefined) filled[place] = intakeAnswer(outcome);
          });
          return { results: filled };
        });
      },
    }),
    updateRoute(deps),
    lookupRoute(deps),
  ];
}

function updateRoute(deps: IntakeRoutesDeps): AnyRoute {
  return route({
    method: 'patch',
    path: '/leads/update',
    scope: 'intake',
    tag: 'Intake',
    summary: 'Update a lead by its contact id',
    description:
      'A waiting or rejected lead whose routing fields changed is routed again in the same transaction. Absent, null and blank fields stay as they are; `email: ""` clears the e-mail.',
    body: updateLeadSchema,
    blanks: updateBlanks,
    responses: {
      200: {
        description: 'Updated.',
        schema: z.object({
          lead_id: z.string(),
          updated_fields: z.array(z.string()),
          assignment: assignmentSchema.optional(),
        }),
      },
      404: { description: '`lead_not_found`.' },
    },
    handler: async ({ body, rawBody, caller, transact }) => {
      let updated: UpdatedLead | undefined;
      const reply = await transact(
        function* () {
          updated = yield* updateLead(
            {
              routing: deps.routing,
              knownSets: deps.knownSets,
              defaultRegion: deps.defaultRegion,
              rerouteOnUpdate: deps.rerouteOnUpdate,
            },
            body,
            rawBody,
            actorOf(caller),
          );
          const { rerouted } = updated;
          return {
            status: 200,
            body: {
              lead_id: updated.lead_id,
              updated_fields: updated.updated_fields,
              ...(rerouted === null ? {} : { assignment: assignmentAnswer(rerouted.outcome) }),
            },
          };
        },
        { lock: 'routing' },
      );
      updated?.rerouted?.session.committed();
      return reply;
    },
  });
}

const lookupBrokerSchema = z.object({
  id: z.string(),
  name: z.string(),
  company: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  assignment_status: z.enum(['active', 'paused']),
  contact_hours: z.string(),
  timezone: z.string(),
});

function lookupRoute(deps: IntakeRoutesDeps): AnyRoute {
  return route({
    method: 'get',
    path: '/leads/lookup',
    scope: 'intake',
    tag: 'Intake',
    summary: 'Find the newest lead with a phone number',
    query: z.object({
      phone,
      kind: z.enum(['distribution', 'response']).default('distribution'),
    }),
    responses: {
      200: {
        description: 'Found.',
        schema: z.object({
          lead_id: z.string(),
          lead_name: z.string().nullable(),
          status: z.string(),
          assigned: z.boolean(),
          broker: lookupBrokerSchema.nullable(),
        }),
      },
      404: { description: '`not_found`.' },
    },
    handler: async ({ query: { phone: number, kind } }) => {
      const { key } = normalizePhone(number, deps.defaultRegion);
      const found = key === null ? null : await findLeadByPhone(deps.routing.store, key, kind);
      if (found === null) throw new AppError('not_found', 404, 'No lead has this phone number.');
      const hours = JSON.parse(found.broker_contact_hours ?? '{}') as { contact_hours?: string };
      return {
        status: 200,
        body: {
          lead_id: found.id,
          lead_name: found.lead_name,
          status: found.status,
          assigned: found.assigned_order_id !== null,
          broker:
            found.broker_id === null
              ? null
              : {
                  id: found.broker_id,
                  name: found.broker_name,
                  company: found.broker_company,
                  email: found.broker_email,
                  phone: found.broker_phone,
                  assignment_status: found.broker_assignment_status,
                  contact_hours: hours.contact_hours ?? 'anytime',
                  timezone: found.broker_timezone,
                },
        },
      };
    },
  });
}
