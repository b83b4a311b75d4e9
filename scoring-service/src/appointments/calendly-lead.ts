import { lockBusiness } from '../businesses/find.js';
import { normalizeEmail } from '../contact/index.js';
import { iso } from '../core/clock.js';
import type { LeadsTable } from '../db/tables/leads.js';
import { first, insertMany, type Unit } from '../db/unit.js';
import type { CalendlyEvent } from '../providers/calendly/index.js';
import { leadRefSecret } from '../qualification/ref-secret.js';
import { verifyLeadRef } from '../qualification/lead-ref.js';
import { RECENT_MS } from '../response/deps.js';
import { clean, identityOf } from '../response/identity.js';
import { markEmailVerified, placeEvent } from '../response/place.js';
import { suggestMerge } from '../response/suggestions.js';
import { bookableLead } from './appointments.js';
import type { AppointmentsDeps } from './deps.js';

export interface FoundLead {
  id: string;
  matchedBy: 'reference' | 'email';
}

/** The lead that a booking's signed reference names, else the latest one with its exact e-mail. */
export function* findBookedLead(
  deps: AppointmentsDeps,
  event: CalendlyEvent,
): Unit<FoundLead | null> {
  const { store, runtime } = deps;
  const named = verifyLeadRef(event.utm_content, yield* leadRefSecret(deps));
  if (named !== null) {
    const lead = yield* first(
      store.db
        .selectFrom('leads')
        .select('id')
        .where('id', '=', named)
        .where('kind', '=', 'response'),
    );
    if (lead !== undefined) return { id: lead.id, matchedBy: 'reference' };
  }
  const email = normalizeEmail(event.email);
  if (email === null) return null;
  // Index: lead_identifiers_by_value.
  const lead = yield* first(
    store.db
      .selectFrom('lead_identifiers')
      .innerJoin('response_leads', 'response_leads.lead_id', 'lead_identifiers.lead_id')
      .select('response_leads.lead_id as id')
      .where('lead_identifiers.value', '=', email)
      .where('lead_identifiers.kind', '=', 'email')
      .where('response_leads.last_event_at', '>=', iso(runtime.clock.now() - RECENT_MS))
      .orderBy('response_leads.last_event_at', 'desc')
      .orderBy('response_leads.lead_id', 'desc')
      .limit(1),
  );
  return lead === undefined ? null : { id: lead.id, matchedBy: 'email' };
}

/**
 * The lead of a booking, under its business's lock: by reference, by e-mail, else made (or found by
 * the phone, as every other enquiry would be). A booking verifies its e-mail.
 */
export function* leadOfBooking(
  deps: AppointmentsDeps,
  event: CalendlyEvent,
): Unit<{ lead: LeadsTable; matchedBy: 'reference' | 'email' | 'created' }> {
  const { store, defaultRegion } = deps;
  const found = yield* findBookedLead(deps, event);
  const known = found === null ? null : yield* bookableLead(deps, found.id);
  const business = yield* lockBusiness(store, { businessId: known?.business_id });
  let lead: LeadsTable;
  if (known === null) {
    const identity = identityOf(
      { name: clean(event.name, 400), email: event.email, phone: event.phone },
      defaultRegion,
      false,
    );
    lead = (yield* placeEvent(deps, {
      business,
      identity,
      source: 'calendly',
      sourceKeyId: null,
      typed: true,
    })).lead;
  } else {
    // Again under the lock: a merge may have been accepted meanwhile.
    lead = yield* bookableLead(deps, known.id);
  }
  const email = normalizeEmail(event.email);
  if (email !== null) yield* learnEmail(deps, lead, email);
  return { lead, matchedBy: found?.matchedBy ?? 'created' };
}

/**
 * The e-mail of a booking identifies its lead from now on. When it is another lead's already (a
 * link that was passed on, or one person twice), people decide.
 */
function* learnEmail(deps: AppointmentsDeps, lead: LeadsTable, email: string): Unit<void> {
  const { store, runtime } = deps;
  const businessId = lead.business_id ?? '';
  const other = yield* first(
    store.db
      .selectFrom('lead_identifiers')
      .select('lead_id')
      .where('value', '=', email)
      .where('kind', '=', 'email')
      .where('business_id', '=', businessId)
      .where('lead_id', '!=', lead.id)
      .limit(1),
  );
  if (other !== undefined && lead.email_key !== email) {
    yield* suggestMerge(deps, businessId, lead.id, other.lead_id, 'same_identifier');
    return;
  }
  yield* insertMany(
    'lead_identifiers',
    [
      {
        lead_id: lead.id,
        business_id: businessId,
        kind: 'email' as const,
        value: email,
        verified_at: null,
        created_at: iso(runtime.clock.now()),
      },
    ],
    { ignoreConflicts: true },
  );
  yield* markEmailVerified(deps, lead.id, email);
}
