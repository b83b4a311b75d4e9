import { iso } from '../core/clock.js';
import { first, insertMany, type Unit } from '../db/unit.js';
import type { ResponseDeps } from './deps.js';

/** Suggests that two leads are one person; a pair is suggested once, whatever was decided of it. */
export function* suggestMerge(
  { runtime }: Pick<ResponseDeps, 'runtime'>,
  businessId: string,
  leadId: string,
  otherLeadId: string,
  reason: string,
): Unit<void> {
  if (leadId === otherLeadId) return;
  yield* insertMany(
    'merge_suggestions',
    [
      {
        id: runtime.newId(),
        business_id: businessId,
        lead_id: leadId,
        other_lead_id: otherLeadId,
        pair_key: [leadId, otherLeadId].sort().join(' '),
        reason,
        state: 'pending',
        created_at: iso(runtime.clock.now()),
        decided_at: null,
        decided_by: null,
      },
    ],
    { ignoreConflicts: true },
  );
}

/**
 * Somebody with the same full name of two words or more who shares nothing else: a suggestion to
 * people, never a match.
 */
export function* suggestSameName(
  deps: ResponseDeps,
  businessId: string,
  leadId: string,
  nameKey: string | null,
  since: number,
): Unit<void> {
  if (nameKey === null || !nameKey.includes(' ')) return;
  // Index: response_leads_by_name.
  const other = yield* first(
    deps.store.db
      .selectFrom('response_leads')
      .select('lead_id')
      .where('business_id', '=', businessId)
      .where('name_key', '=', nameKey)
      .where('name_key', 'is not', null)
      .where('last_event_at', '>=', iso(since))
      .where('lead_id', '!=', leadId)
      .where('merged_into', 'is', null)
      .orderBy('last_event_at', 'desc')
      .limit(1),
  );
  if (other !== undefined)
    yield* suggestMerge(deps, businessId, leadId, other.lead_id, 'same_name');
}
