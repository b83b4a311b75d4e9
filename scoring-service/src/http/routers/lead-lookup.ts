import { z } from 'zod';

import { AppError } from '../../core/errors.js';
import { phone } from '../../core/fields.js';
import { normalizePhone } from '../../contact/index.js';
import type { Store } from '../../db/store.js';
import { findLeadByPhone } from '../../leads/queries.js';
import { route, type AnyRoute } from '../route.js';

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

/** Who calls: the newest lead with a phone number, and its broker. */
export function leadLookupRoute(store: Store, defaultRegion: string): AnyRoute {
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
      const { key } = normalizePhone(number, defaultRegion);
      const found = key === null ? null : await findLeadByPhone(store, key, kind);
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
