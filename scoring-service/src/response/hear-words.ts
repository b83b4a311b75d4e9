import type { Business } from '../businesses/business-schema.js';
import type { Unit } from '../db/unit.js';
import { openTaskOf, raiseTask } from '../tasks/raise.js';
import type { ResponseDeps } from './deps.js';

/** What was said on a call that is known to be missed: to be qualified, and looked at for urgency. */
export function* hearWords(
  deps: ResponseDeps,
  business: Business,
  leadId: string,
  text: string,
): Unit<void> {
  yield* deps.qualify.transcribed(leadId, text);
  if ((yield* openTaskOf(deps, leadId)) === undefined) return;
  yield* raiseTask(deps, {
    business,
    leadId,
    reason: 'voicemail',
    enquiry: { service: null, state: null, postal_code: null, area: null },
    text,
  });
}
