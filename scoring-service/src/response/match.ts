import type { IdentifierKind, LinkKind } from '../db/tables/response.js';
import { RECENT_MS } from './deps.js';

/** What of an event identifies somebody, in the forms in which it is compared. */
export interface Identifiers {
  phoneKey: string | null;
  emailKey: string | null;
  ghlContactId: string | null;
  nameKey: string | null;
}

/** A stored lead that shares an identifier with the event. */
export interface Candidate {
  leadId: string;
  lastEventAt: number;
  nameKey: string | null;
  phones: ReadonlySet<string>;
  emails: ReadonlySet<string>;
  verifiedEmails: ReadonlySet<string>;
  contacts: ReadonlySet<string>;
}

export interface Match {
  /** The lead that gets the event; null makes a new one. */
  leadId: string | null;
  matchedBy: 'phone' | 'ghl_contact' | 'verified_email' | 'email' | null;
  /** Links of a new lead. */
  links: { leadId: string; kind: LinkKind }[];
  /** Leads that may be the same person as the one that gets the event. */
  suggestions: { leadId: string; reason: string }[];
}

const byActivity = (a: Candidate, b: Candidate): number =>
  b.lastEventAt - a.lastEventAt || (a.leadId < b.leadId ? 1 : -1);

/** Another full name and another e-mail: somebody else who shares the phone. */
function conflicts(event: Identifiers, lead: Candidate): boolean {
  return (
    event.nameKey !== null &&
    lead.nameKey !== null &&
    event.nameKey !== lead.nameKey &&
    event.emailKey !== null &&
    lead.emails.size > 0 &&
    !lead.emails.has(event.emailKey)
  );
}

function has(lead: Candidate, kind: IdentifierKind, value: string | null): boolean {
  if (value === null) return false;
  const values = { phone: lead.phones, email: lead.emails, ghl_contact: lead.contacts }[kind];
  return values.has(value);
}

/** A typed e-mail counts only where the phone agrees or one side has none. */
function emailPointsAt(event: Identifiers, lead: Candidate): boolean {
  if (!has(lead, 'email', event.emailKey)) return false;
  if (lead.verifiedEmails.has(event.emailKey ?? '')) return true;
  return event.phoneKey === null || lead.phones.size === 0 || lead.phones.has(event.phoneKey);
}

const newLead = (links: Match['links'], suggestions: Match['suggestions']): Match => ({
  leadId: null,
  matchedBy: null,
  links,
  suggestions,
});

const suggest = (leads: readonly Candidate[], reason: string): Match['suggestions'] =>
  leads.map(({ leadId }) => ({ leadId, reason }));

/**
 * Finds the lead an event belongs to by exact identifiers alone: phone, contact id, verified
 * e-mail, typed e-mail. Pure.
 *
 * | what is found | outcome |
 * |---|---|
 * | the phone, with another name and another e-mail | a new lead, linked `shares_phone`, suggested |
 * | the phone on several leads | the one whose e-mail or contact agrees, else the most recently active and a suggestion |
 * | phone and e-mail (or contact) on different leads | a new lead, linked to both, suggested |
 * | a typed e-mail on a lead with another phone | a new lead, linked `shares_email`, suggested |
 * | only leads without an event for 90 days | a new lead, linked `earlier_enquiry` |
 */
export function matchLead(
  event: Identifiers,
  candidates: readonly Candidate[],
  now: number,
): Match {
  const recent = candidates
    .filter(({ lastEventAt }) => now - lastEventAt <= RECENT_MS)
    .sort(byActivity);
  const older = candidates
    .filter(({ lastEventAt }) => now - lastEventAt > RECENT_MS)
    .sort(byActivity);
  const onPhone = recent.filter((lead) => has(lead, 'phone', event.phoneKey));
  const onContact = recent.filter((lead) => has(lead, 'ghl_contact', event.ghlContactId));
  const onEmail = recent.filter((lead) => emailPointsAt(event, lead));

  if (onPhone.length > 0) return matchByPhone(event, onPhone, onContact, onEmail);

  const verified = onEmail.filter((lead) => lead.verifiedEmails.has(event.emailKey ?? ''));
  for (const [matchedBy, found] of [
    ['ghl_contact', onContact],
    ['verified_email', verified],
    ['email', onEmail],
  ] as const) {
    const [chosen] = found;
    if (chosen === undefined) continue;
    const others = [...onContact, ...onEmail].filter((lead) => lead !== chosen);
    return {
      leadId: chosen.leadId,
      matchedBy,
      links: [],
      suggestions: suggest([...new Set(others)], 'same_identifier'),
    };
  }

  const sharesEmail = recent.filter((lead) => has(lead, 'email', event.emailKey)).slice(0, 1);
  const [earlier] = older;
  return newLead(
    [
      ...sharesEmail.map(({ leadId }) => ({ leadId, kind: 'shares_email' as const })),
      ...(earlier === undefined
        ? []
        : [{ leadId: earlier.leadId, kind: 'earlier_enquiry' as const }]),
    ],
    suggest(sharesEmail, 'same_email_other_phone'),
  );
}

function matchByPhone(
  event: Identifiers,
  onPhone: readonly Candidate[],
  onContact: readonly Candidate[],
  onEmail: readonly Candidate[],
): Match {
  const fitting = onPhone.filter((lead) => !conflicts(event, lead));
  const agreeing = fitting.find((lead) => onContact.includes(lead) || onEmail.includes(lead));
  const chosen = agreeing ?? fitting[0];
  if (chosen === undefined) {
    const [latest] = onPhone as readonly [Candidate];
    return newLead(
      [{ leadId: latest.leadId, kind: 'shares_phone' }],
      suggest([latest], 'shared_phone_other_identity'),
    );
  }
  const elsewhere = agreeing === undefined ? [...new Set([...onContact, ...onEmail])] : [];
  if (elsewhere.length > 0) {
    return newLead(
      [
        { leadId: chosen.leadId, kind: 'shares_phone' },
        ...elsewhere.map(({ leadId }) => ({ leadId, kind: 'shares_email' as const })),
      ],
      suggest([chosen, ...elsewhere], 'phone_and_email_on_different_leads'),
    );
  }
  const undecided = agreeing === undefined ? fitting.filter((lead) => lead !== chosen) : [];
  return {
    leadId: chosen.leadId,
    matchedBy: 'phone',
    links: [],
    suggestions: suggest(undecided, 'phone_on_several_leads'),
  };
}
