import { actorOf } from '../../access/actor.js';
import { erasePerson, type EraseDeps } from '../../privacy/erase.js';
import { exportPerson } from '../../privacy/export.js';
import { findPerson, personNotFound } from '../../privacy/find.js';
import {
  erasureResultSchema,
  erasureSchema,
  personExportSchema,
  personSchema,
} from '../../privacy/privacy-schema.js';
import { route, type AnyRoute } from '../route.js';

const missing = { description: '`person_not_found`: nothing is stored about this person.' };

const tooMany = {
  description: '`too_many_leads`: more than one person has, such as those of a shared number.',
};

/** What one person may ask for. By POST, because addresses end up in the logs of proxies. */
export function privacyRoutes(deps: EraseDeps): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/privacy/export',
      scope: 'admin',
      tag: 'Privacy',
      summary: 'Everything that is stored about one person',
      description:
        'By phone or e-mail, all leads that have it; people who share a number are found together, and `lead_ids` tells them apart.',
      body: personSchema,
      responses: {
        200: { description: 'Rows by table.', schema: personExportSchema },
        404: missing,
        409: tooMany,
      },
      handler: async ({ body }) => ({
        status: 200,
        body: await exportPerson({ ...deps, clock: deps.runtime.clock }, body),
      }),
    }),
    route({
      method: 'post',
      path: '/privacy/erase',
      scope: 'admin',
      tag: 'Privacy',
      summary: 'Erase what tells who one person is, for good',
      description:
        'Takes what the export shows; look at that first. Waiting deliveries, messages and tasks are cancelled. Decisions, counts and used capacity stay, and so do suppressions. The answer names who else has the data.',
      idempotent: true,
      body: erasureSchema,
      responses: {
        200: { description: 'Erased.', schema: erasureResultSchema },
        404: missing,
        409: {
          description:
            '`in_flight`: something of the person is being sent, try again. `too_many_leads`: as for the export.',
        },
      },
      handler: async ({ body, caller, transact }) => {
        const { reason, ...person } = body;
        const held = await findPerson(deps, person);
        return transact(
          function* () {
            // In here, because a repetition of what was erased is answered as the first time.
            if (held === null) throw personNotFound();
            return { status: 200, body: yield* erasePerson(deps, held, reason, actorOf(caller)) };
          },
          { lock: 'routing' },
        );
      },
    }),
  ];
}
