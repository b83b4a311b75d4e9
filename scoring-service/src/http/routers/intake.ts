import { z } from 'zod';

import type { Caller } from '../../access/api-keys.js';
import type { Runtime } from '../../core/clock.js';
import { fieldErrors, REPORT_INPUT, withoutBlanks } from '../../core/fields.js';
import { elementTexts } from '../../core/json-text.js';
import type { Unit } from '../../db/unit.js';
import type { RoutingDeps } from '../../routing/assignment/ports.js';
import {
  intakeAnswer,
  intakeAnswerSchema,
  type IntakeAnswer,
  type NotStored,
} from '../../leads/answers.js';
import type { Intake } from '../../leads/intake.js';
import type { IntakeOutcome, WaitingLead } from '../../leads/intake-unit.js';
import { incomingLeadSchema, type IncomingLead } from '../../leads/lead-schema.js';
import { newLead } from '../../leads/lead.js';
import { settleClaim, takeClaim, type Claim } from '../idempotency.js';
import type { Reply } from '../reply.js';
import { route, type AnyRoute } from '../route.js';
import { leadLookupRoute } from './lead-lookup.js';
import { leadUpdateRoute } from './lead-update.js';

const MAX_BATCH = 500;
const BATCH_BODY_LIMIT = 5 * 1024 * 1024;

export interface IntakeRoutesDeps {
  routing: RoutingDeps;
  runtime: Runtime;
  intake: Intake;
  defaultRegion: string;
  rerouteOnUpdate: boolean;
  /** Told when a new month gave orders capacity again. */
  capacityChanged: () => void;
}

interface InvalidPayload {
  error: 'invalid_payload';
  message: string;
  details: Record<string, string>;
}

const query = z.object({
  delivery: z.enum(['hold'], { error: 'must be hold, or be left out' }).optional(),
});

/** Checked one by one, so that an invalid one does not refuse the others; described as a lead. */
const batchElement = z
  .unknown()
  .meta(z.toJSONSchema(incomingLeadSchema, { io: 'input', unrepresentable: 'any' }));

const batchResultSchema = z.union([
  intakeAnswerSchema,
  z.object({
    error: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.string()).optional(),
  }),
]);

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
          .array(batchElement, { error: 'must be a list of leads' })
          .min(1, 'must hold 1 to 500 leads')
          .max(MAX_BATCH, 'must hold 1 to 500 leads'),
      }),
      query,
      responses: {
        200: {
          description: 'One result per lead.',
          schema: z.object({ results: z.array(batchResultSchema) }),
        },
        400: invalidPayload,
      },
      handler: ({ body, rawBody, caller, claim, query: { delivery } }) => {
        const texts = elementTexts(rawBody, 'leads');
        const results: (IntakeAnswer | InvalidPayload | NotStored | null)[] = [];
        const leads: WaitingLead[] = [];
        const places: number[] = [];
        body.leads.forEach((element, index) => {
          const parsed = incomingLeadSchema.safeParse(withoutBlanks(element), REPORT_INPUT);
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
            waitingLead(
              parsed.data,
              texts[index] ?? JSON.stringify(element),
              caller,
              delivery === 'hold',
            ),
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
    leadUpdateRoute(deps),
    leadLookupRoute(deps.routing.store, deps.defaultRegion),
  ];
}
