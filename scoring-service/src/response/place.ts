import type { Business } from '../businesses/business-schema.js';
import { iso } from '../core/clock.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { IdentifierKind } from '../db/tables/response.js';
import { first, insertMany, run, type Unit } from '../db/unit.js';
import { recordEvents } from '../events/events.js';
import { storedState } from '../leads/lead.js';
import { findCandidates } from './candidates.js';
import { RECENT_MS, type ResponseDeps } from './deps.js';
import type { Identity } from './identity.js';
import { matchLead, type Match } from './match.js';
import { suggestMerge, suggestSameName } from './suggestions.js';

export interface Placed {
  lead: LeadsTable;
  created: boolean;
  matchedBy: Match['matchedBy'];
}

export interface PlaceInput {
  business: Business;
  identity: Identity;
  /** What the lead came through, such as `twilio call`. */
  source: string;
  sourceKeyId: string | null;
  /** The person wrote it down themselves: where they are is taken over what a provider guesses. */
  typed: boolean;
}

/**
 * Finds the lead an event belongs to, or makes one, and fills in what the event knows and the lead
 * did not. Nothing that is known is overwritten, save the address by one that was typed. The
 * caller holds the business's lock, so no other event can make the same lead meanwhile.
 */
export function* placeEvent(deps: ResponseDeps, input: PlaceInput): Unit<Placed> {
  const { store, runtime } = deps;
  const { business, identity } = input;
  const at = runtime.clock.now();
  const candidates = yield* findCandidates(store, business.id, identity);
  const match = matchLead(identity, candidates, at);
  const lead =
    match.leadId === null
      ? yield* createLead(deps, input, at)
      : yield* extendLead(deps, match.leadId, input, at);
  yield* learnIdentifiers(deps, business.id, lead.id, identity, at);
  yield* insertMany(
    'lead_links',
    match.links.map(({ leadId, kind }) => ({
      id: runtime.newId(),
      lead_id: lead.id,
      other_lead_id: leadId,
      kind,
      created_at: iso(at),
    })),
  );
  for (const { leadId, reason } of match.suggestions) {
    yield* suggestMerge(deps, business.id, lead.id, leadId, reason);
  }
  const created = match.leadId === null;
  if (created) yield* suggestSameName(deps, business.id, lead.id, identity.nameKey, at - RECENT_MS);
  return { lead, created, matchedBy: match.matchedBy };
}

function* createLead(deps: ResponseDeps, input: PlaceInput, at: number): Unit<LeadsTable> {
  const { identity, business } = input;
  const id = deps.runtime.newId();
  const lead: LeadsTable = {
    id,
    kind: 'response',
    status: 'open',
    ghl_contact_id: identity.ghlContactId,
    first_name: identity.firstName,
    last_name: identity.lastName,
    business_name: identity.businessName,
    email: identity.email,
    email_key: identity.emailKey,
    phone: identity.e164 ?? identity.phone,
    phone_key: identity.phoneKey,
    dedupe_key: null,
    state: storedState(identity.state),
    vertical: business.vertical,
    credit_score: null,
    funding_amount: null,
    funding_purpose: null,
    ai_call_notes: null,
    ai_call_status: null,
    assigned_broker_id: null,
    assigned_order_id: null,
    assigned_at: null,
    assigned_period: null,
    rejection_reason: null,
    source: input.source,
    source_key_id: input.sourceKeyId,
    broker_pool: null,
    delivery_hold: 0,
    business_id: business.id,
    qualification: null,
    booking_url: null,
    erased_at: null,
    created_at: iso(at),
    updated_at: iso(at),
    version: 1,
  };
  yield* insertMany('leads', [lead]);
  yield* insertMany('response_leads', [
    {
      lead_id: id,
      business_id: business.id,
      name_key: identity.nameKey,
      postal_code: identity.postalCode,
      service: identity.service,
      area: identity.area,
      withheld: identity.withheld ? 1 : 0,
      last_event_at: iso(at),
      merged_into: null,
      merged_at: null,
      merge_filled: null,
    },
  ]);
  yield* recordEvents(
    [
      {
        type: 'lead.created',
        data: { lead_id: id, kind: 'response', business_id: business.id, source: input.source },
      },
    ],
    at,
    deps.runtime.newId,
  );
  return lead;
}

function* extendLead(
  { store }: ResponseDeps,
  leadId: string,
  { identity, typed }: PlaceInput,
  at: number,
): Unit<LeadsTable> {
  const { db } = store;
  const known = yield* first(db.selectFrom('leads').selectAll().where('id', '=', leadId));
  const more = yield* first(
    db.selectFrom('response_leads').selectAll().where('lead_id', '=', leadId),
  );
  if (known === undefined || more === undefined) throw new Error('A lead that was found is gone.');
  const named = known.first_name !== null || known.last_name !== null;
  const better = <T>(old: T | null, now: T | null): T | null =>
    typed ? (now ?? old) : (old ?? now);
  const columns = {
    status: 'open' as const,
    ghl_contact_id: known.ghl_contact_id ?? identity.ghlContactId,
    first_name: named ? known.first_name : identity.firstName,
    last_name: named ? known.last_name : identity.lastName,
    business_name: known.business_name ?? identity.businessName,
    email: known.email ?? identity.email,
    email_key: known.email_key ?? identity.emailKey,
    phone: known.phone ?? identity.e164 ?? identity.phone,
    phone_key: known.phone_key ?? identity.phoneKey,
    state: better(known.state, storedState(identity.state)),
    updated_at: iso(at),
    version: known.version + 1,
  };
  yield* run(db.updateTable('leads').set(columns).where('id', '=', leadId));
  yield* run(
    db
      .updateTable('response_leads')
      .set({
        name_key: more.name_key ?? identity.nameKey,
        postal_code: better(more.postal_code, identity.postalCode),
        service: better(more.service, identity.service),
        area: better(more.area, identity.area),
        last_event_at: iso(at),
      })
      .where('lead_id', '=', leadId),
  );
  return { ...known, ...columns };
}

function* learnIdentifiers(
  _deps: ResponseDeps,
  businessId: string,
  leadId: string,
  identity: Identity,
  at: number,
): Unit<void> {
  const found: [IdentifierKind, string | null][] = [
    ['phone', identity.phoneKey],
    ['email', identity.emailKey],
    ['ghl_contact', identity.ghlContactId],
  ];
  yield* insertMany(
    'lead_identifiers',
    found.flatMap(([kind, value]) =>
      value === null
        ? []
        : [
            {
              lead_id: leadId,
              business_id: businessId,
              kind,
              value,
              verified_at: null,
              created_at: iso(at),
            },
          ],
    ),
    { ignoreConflicts: true },
  );
}

/** An e-mail came back through a reply, a booking or a click: from now on it identifies by itself. */
export function* markEmailVerified(
  { store, runtime }: Pick<ResponseDeps, 'store' | 'runtime'>,
  leadId: string,
  emailKey: string,
): Unit<void> {
  yield* run(
    store.db
      .updateTable('lead_identifiers')
      .set({ verified_at: iso(runtime.clock.now()) })
      .where('lead_id', '=', leadId)
      .where('kind', '=', 'email')
      .where('value', '=', emailKey)
      .where('verified_at', 'is', null),
  );
}
