import type { z } from 'zod';

import type { Caller } from '../../access/api-keys.js';
import { actorOf } from '../../access/actor.js';
import { iso } from '../../core/clock.js';
import { conflict } from '../../core/errors.js';
import type { LeadsTable } from '../../db/tables/leads.js';
import { insertMany, type Unit } from '../../db/unit.js';
import { recordActivity } from '../../events/activity.js';
import { intakeAnswer, intakeAnswerSchema } from '../../leads/answers.js';
import type { Intake } from '../../leads/intake.js';
import { incomingLeadSchema, type IncomingLead } from '../../leads/lead-schema.js';
import { newLead } from '../../leads/lead.js';
import { findLeadRow } from '../../leads/queries.js';
import type { ResponseDeps } from '../../response/deps.js';
import { settleClaim, takeClaim } from '../idempotency.js';
import type { Reply } from '../reply.js';
import { route, type AnyRoute } from '../route.js';
import { idParams } from './schemas.js';

const distributeSchema = incomingLeadSchema.partial({ ghl_contact_id: true });

/** What the distribution lead says: what the caller sends, else what the response lead knows. */
function distributionInput(
  lead: LeadsTable,
  given: z.output<typeof distributeSchema>,
): IncomingLead {
  const known = {
    first_name: lead.first_name,
    last_name: lead.last_name,
    business_name: lead.business_name,
    email: lead.email_key === null ? null : lead.email,
    phone: lead.phone,
    state: lead.state,
  };
  const present = Object.fromEntries(
    Object.entries(known).filter(([, value]) => value !== null),
  ) as Partial<IncomingLead>;
  const own = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<IncomingLead>;
  return {
    ...present,
    ...own,
    ghl_contact_id: given.ghl_contact_id ?? lead.ghl_contact_id ?? `response:${lead.id}`,
  };
}

/** `POST /leads/:id/distribute`: the only way from lead response into distribution. */
export function distributeRoute(
  { store, runtime, defaultRegion }: ResponseDeps,
  intake: Intake,
): AnyRoute {
  /** Links the two leads and writes down who asked, in the unit of the intake. */
  function* link(from: LeadsTable, toId: string, duplicate: boolean, caller: Caller): Unit<void> {
    const at = runtime.clock.now();
    if (!duplicate) {
      yield* insertMany('lead_links', [
        {
          id: runtime.newId(),
          lead_id: toId,
          other_lead_id: from.id,
          kind: 'distributed_from',
          created_at: iso(at),
        },
      ]);
    }
    yield* recordActivity(
      [from.id, toId].map((subjectId) => ({
        actor: actorOf(caller),
        action: 'lead.distributed',
        subjectType: 'lead',
        subjectId,
        after: { response_lead_id: from.id, distribution_lead_id: toId, duplicate },
      })),
      at,
      runtime.newId,
    );
  }

  return route({
    method: 'post',
    path: '/leads/:id/distribute',
    scope: 'operate',
    tag: 'Lead response',
    summary: 'Make a linked distribution lead from a response lead',
    description:
      'The only way from lead response into distribution. Fields sent win over those of the response lead.',
    params: idParams,
    body: distributeSchema,
    invalidCode: 'invalid_payload',
    idempotent: true,
    responses: {
      200: { description: 'As the intake answers.', schema: intakeAnswerSchema },
      404: { description: 'No such lead.' },
      409: { description: '`not_a_response_lead`.' },
    },
    handler: async ({ params, body, rawBody, caller, claim }) => {
      const from = await findLeadRow(store, params.id);
      if (from.kind !== 'response') {
        throw conflict('not_a_response_lead', 'Only a response lead can be distributed.');
      }
      const lead = newLead(distributionInput(from, body), {
        id: runtime.newId(),
        at: runtime.clock.now(),
        source: `distributed by ${caller.name}`,
        sourceKeyId: caller.keyId,
        brokerIds: caller.brokerIds,
        hold: false,
        defaultRegion,
      });
      return intake.submit<Reply>({
        leads: [{ lead, raw: rawBody === '' ? '{}' : rawBody }],
        before: claim === null ? undefined : () => takeClaim(store, claim, runtime.clock.now()),
        *after([outcome]): Unit<Reply> {
          if (outcome === undefined) throw new Error('A lead has no outcome.');
          if ('error' in outcome) throw outcome.error;
          yield* link(from, outcome.lead_id, outcome.duplicate, caller);
          const reply = { status: 200, body: intakeAnswer(outcome) };
          if (claim !== null) yield* settleClaim(store, claim, reply);
          return reply;
        },
      });
    },
  });
}
