import type { Store } from '../db/store.js';
import type { ResponseLeadsTable } from '../db/tables/response.js';
import { all, first, type Unit } from '../db/unit.js';
import type { Candidate, Identifiers } from './match.js';

/** More leads than this on one phone or e-mail are not looked at: the most recent ones decide. */
const MOST = 25;

/**
 * Every lead of the business that shares an exact identifier with the event. A merged lead stands
 * for the one it was merged into, which is found by the identifiers of both. One index look-up per
 * identifier and one for what is found: the cost does not grow with the number of leads stored.
 */
export function* findCandidates(
  store: Store,
  businessId: string,
  event: Identifiers,
): Unit<Candidate[]> {
  const { db } = store;
  const wanted = [
    ['phone', event.phoneKey],
    ['email', event.emailKey],
    ['ghl_contact', event.ghlContactId],
  ] as const;
  const values = wanted.flatMap(([, value]) => value ?? []);
  if (values.length === 0) return [];
  // Index: lead_identifiers_by_value.
  const hits = yield* all(
    db
      .selectFrom('lead_identifiers')
      .innerJoin('response_leads', 'response_leads.lead_id', 'lead_identifiers.lead_id')
      .select([
        'lead_identifiers.kind',
        'lead_identifiers.value',
        'response_leads.lead_id',
        'response_leads.merged_into',
        'response_leads.name_key',
        'response_leads.last_event_at',
      ])
      .where(store.anyOf('lead_identifiers.value', values))
      .where('response_leads.business_id', '=', businessId)
      .orderBy('response_leads.last_event_at', 'desc')
      .limit(MOST),
  );
  const roots = new Map<string, LeadRow | undefined>();
  for (const hit of hits) {
    if (!wanted.some(([kind, value]) => kind === hit.kind && value === hit.value)) continue;
    const root = yield* rootOf(store, hit.lead_id, hit.merged_into);
    roots.set(root, root === hit.lead_id ? hit : roots.get(root));
  }
  const found: Candidate[] = [];
  for (const [root, row] of roots) found.push(yield* candidate(store, root, row));
  return found;
}

/** The lead that a merged one is part of now. */
export function* rootOf({ db }: Store, leadId: string, mergedInto: string | null): Unit<string> {
  let id = leadId;
  let into = mergedInto;
  const seen = new Set([id]);
  while (into !== null && !seen.has(into)) {
    id = into;
    seen.add(id);
    const row = yield* first(
      db.selectFrom('response_leads').select('merged_into').where('lead_id', '=', id),
    );
    into = row?.merged_into ?? null;
  }
  return id;
}

/** A lead and all that were merged into it, itself first. */
export function* familyOf({ db }: Store, leadId: string): Unit<string[]> {
  const family = [leadId];
  for (let index = 0; index < family.length && index < 500; index += 1) {
    const parts = yield* all(
      db
        .selectFrom('response_leads')
        .select('lead_id')
        .where('merged_into', '=', family[index] ?? ''),
    );
    family.push(...parts.map(({ lead_id }) => lead_id));
  }
  return family;
}

/** What of a lead matching looks at, beside its identifiers. */
type LeadRow = Pick<ResponseLeadsTable, 'lead_id' | 'name_key' | 'last_event_at'>;

/** @param known the lead's row, when it has been read already */
function* candidate(store: Store, leadId: string, known: LeadRow | undefined): Unit<Candidate> {
  const family = yield* familyOf(store, leadId);
  const leads: LeadRow[] =
    known !== undefined && family.length === 1
      ? [known]
      : yield* all(
          store.db
            .selectFrom('response_leads')
            .select(['lead_id', 'name_key', 'last_event_at'])
            .where(store.anyOf('lead_id', family)),
        );
  const identifiers = yield* all(
    store.db
      .selectFrom('lead_identifiers')
      .select(['kind', 'value', 'verified_at'])
      .where(store.anyOf('lead_id', family)),
  );
  const of = (kind: string) => identifiers.filter((row) => row.kind === kind);
  const own = leads.find((row) => row.lead_id === leadId);
  return {
    leadId,
    lastEventAt: Math.max(...leads.map((row) => Date.parse(row.last_event_at))),
    nameKey: own?.name_key ?? leads.find((row) => row.name_key !== null)?.name_key ?? null,
    phones: new Set(of('phone').map((row) => row.value)),
    emails: new Set(of('email').map((row) => row.value)),
    verifiedEmails: new Set(
      of('email')
        .filter((row) => row.verified_at !== null)
        .map((row) => row.value),
    ),
    contacts: new Set(of('ghl_contact').map((row) => row.value)),
  };
}
