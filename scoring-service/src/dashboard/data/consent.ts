import type { Store } from '../../db/store.js';

/** What permitted, or did not permit, one message to a lead. */
export interface ConsentEvidence {
  at: string;
  kind: string;
  text: string;
}

interface Kept {
  source?: { source?: string; sms?: boolean; kept?: boolean };
  email?: boolean;
}

function inWords({ source, email }: Kept): string {
  switch (source?.source ?? 'none') {
    case 'call':
      return 'They called, which permits one reply about it.';
    case 'form':
      return `On the form the box for texts was ${source?.sms === true ? '' : 'not '}ticked${
        email === undefined ? '' : `, the box for e-mails was ${email ? '' : 'not '}ticked`
      }.`;
    case 'person':
      return 'A person decided to send it.';
    case 'appointment':
      return source?.kept === true
        ? 'They kept an appointment.'
        : 'They did not keep an appointment.';
    case 'staff':
      return 'They work for the business.';
    default:
      return 'Nothing is on record.';
  }
}

/** The evidence kept with each outbound message to a lead, newest first. Index: messages_by_lead. */
export async function readConsent(store: Store, leadId: string): Promise<ConsentEvidence[]> {
  const rows = await store.db
    .selectFrom('messages')
    .select(['created_at', 'kind', 'consent'])
    .where('lead_id', '=', leadId)
    .where('direction', '=', 'outbound')
    .where('staff_id', 'is', null)
    .orderBy('id', 'desc')
    .limit(20)
    .execute();
  return rows.map((row) => ({
    at: row.created_at,
    kind: row.kind,
    text: inWords(JSON.parse(row.consent) as Kept),
  }));
}

export interface Suggestion {
  id: string;
  otherId: string;
  reason: string;
}

/** Leads that may be the same person, not yet decided. */
export async function readSuggestions(store: Store, leadId: string): Promise<Suggestion[]> {
  const rows = await store.db
    .selectFrom('merge_suggestions')
    .select(['id', 'lead_id', 'other_lead_id', 'reason'])
    .where('state', '=', 'pending')
    .where((where) =>
      where.or([where('lead_id', '=', leadId), where('other_lead_id', '=', leadId)]),
    )
    .orderBy('id', 'desc')
    .limit(20)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    otherId: row.lead_id === leadId ? row.other_lead_id : row.lead_id,
    reason: row.reason,
  }));
}
