import { z } from 'zod';

import { actorOf } from '../../access/actor.js';
import { assignmentAnswer, assignmentSchema } from '../../leads/answers.js';
import { updateBlanks, updateLeadSchema } from '../../leads/lead-schema.js';
import { updateLead, type UpdateDeps, type UpdatedLead } from '../../leads/update.js';
import { route, type AnyRoute } from '../route.js';

export interface LeadUpdateDeps extends UpdateDeps {
  /** Told when a new month gave orders capacity again. */
  capacityChanged: () => void;
}

/** A change that a program makes to a lead it knows by its contact id. */
export function leadUpdateRoute(deps: LeadUpdateDeps): AnyRoute {
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
      if ((updated?.rerouted?.resets ?? 0) > 0) deps.capacityChanged();
      return reply;
    },
  });
}
