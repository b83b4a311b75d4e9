import { sql, type SqlBool } from 'kysely';

import { normalizeEmail, normalizePhone } from '../contact/index.js';
import { AppError } from '../core/errors.js';
import type { Store } from '../db/store.js';
import type { Holdings } from './personal-tables.js';
import type { PersonQuery } from './privacy-schema.js';

export interface FindDeps {
  store: Store;
  defaultRegion: string;
}

/** Leads that one merge or distribution made of others: more than a person can have. */
const MOST_LEADS = 1000;

const unique = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];

/** Leads that were merged with these, and copies of them that were distributed. */
async function relatives({ db, anyOf }: Store, ids: readonly string[]): Promise<string[]> {
  const merged = await db
    .selectFrom('response_leads')
    .select(['lead_id', 'merged_into'])
    .where((where) => where.or([anyOf('lead_id', ids), anyOf('merged_into', ids)]))
    .where('merged_into', 'is not', null)
    .execute();
  const links = await db
    .selectFrom('lead_links')
    .select(['lead_id', 'other_lead_id'])
    .where((where) => where.or([anyOf('lead_id', ids), anyOf('other_lead_id', ids)]))
    .where('kind', '=', 'distributed_from')
    .execute();
  return [
    ...merged.flatMap((row) => [row.lead_id, row.merged_into ?? row.lead_id]),
    ...links.flatMap((row) => [row.lead_id, row.other_lead_id]),
  ];
}

async function reachedBy(
  { db }: Store,
  kind: 'phone' | 'email',
  value: string | null,
): Promise<string[]> {
  if (value === null) return [];
  const leads = await db
    .selectFrom('leads')
    .select('id')
    .where(kind === 'phone' ? 'phone_key' : 'email_key', '=', value)
    .execute();
  const identifiers = await db
    .selectFrom('lead_identifiers')
    .select('lead_id')
    .where('kind', '=', kind)
    .where('value', '=', value)
    .execute();
  return [...leads.map(({ id }) => id), ...identifiers.map(({ lead_id }) => lead_id)];
}

/** What came in by these numbers and addresses and belongs to no lead. */
async function looseEnds(
  { db, anyOf }: Store,
  phones: readonly string[],
  emails: readonly string[],
): Promise<{ events: string[]; messages: string[] }> {
  if (phones.length + emails.length === 0) return { events: [], messages: [] };
  const addresses = [...phones, ...emails];
  // A form-encoded payload has an escaped plus before the digits of a number, and an escaped @.
  const texts = [
    ...phones.map((phone) => phone.replace(/^\+/, '')),
    ...emails,
    ...emails.map((email) => encodeURIComponent(email)),
  ];
  const events = await db
    .selectFrom('source_events')
    .select('id')
    .where('lead_id', 'is', null)
    .where((where) =>
      where.or(
        texts.map(
          (text) =>
            sql<SqlBool>`lower(raw) like lower(${`%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`}) escape '\\'`,
        ),
      ),
    )
    .execute();
  const messages = await db
    .selectFrom('messages')
    .select('id')
    .where('lead_id', 'is', null)
    .where((where) => where.or([anyOf('from_address', addresses), anyOf('to_address', addresses)]))
    .execute();
  return { events: events.map(({ id }) => id), messages: messages.map(({ id }) => id) };
}

/** What given leads have, without what is only found by their numbers and addresses. */
export async function holdingsOf(store: Store, leadIds: string[]): Promise<Holdings> {
  const idsOf = async (table: 'deliveries' | 'tasks' | 'messages' | 'appointments') => {
    const theirs = store.db.selectFrom(table).select('id').where(store.anyOf('lead_id', leadIds));
    return (await theirs.execute()).map(({ id }) => id);
  };
  return {
    leads: leadIds,
    source_events: [],
    deliveries: await idsOf('deliveries'),
    messages: await idsOf('messages'),
    tasks: await idsOf('tasks'),
    appointments: await idsOf('appointments'),
    phones: [],
    emails: [],
  };
}

/**
 * Everything of one person, found outside of any unit: given leads with those merged with them and
 * their distributed copies; by phone or e-mail, all leads of either kind that have it. People who
 * share a number are found together: name leads to tell them apart. Null when nothing is stored.
 */
export async function findPerson(deps: FindDeps, query: PersonQuery): Promise<Holdings | null> {
  const { store } = deps;
  const { db, anyOf } = store;
  const phone = query.phone === undefined ? null : normalizePhone(query.phone, deps.defaultRegion);
  const phoneKey = phone?.key ?? null;
  const emailKey = query.email === undefined ? null : normalizeEmail(query.email);
  let ids = unique([
    ...(query.lead_ids ?? []),
    ...(await reachedBy(store, 'phone', phoneKey)),
    ...(await reachedBy(store, 'email', emailKey)),
  ]);
  for (let known = 0; known < ids.length && ids.length <= MOST_LEADS;) {
    known = ids.length;
    ids = unique([...ids, ...(await relatives(store, ids))]);
  }
  const leads = await db
    .selectFrom('leads')
    .select(['id', 'phone_key', 'email_key'])
    .where(anyOf('id', ids))
    .orderBy('id')
    .execute();
  const phones = unique([phoneKey, ...leads.map((lead) => lead.phone_key)]);
  const emails = unique([emailKey, ...leads.map((lead) => lead.email_key)]);
  const leadIds = leads.map(({ id }) => id);
  const loose = await looseEnds(store, phones, emails);
  if (leadIds.length + loose.events.length + loose.messages.length === 0) return null;
  const ofLeads = await holdingsOf(store, leadIds);
  return {
    ...ofLeads,
    source_events: loose.events,
    messages: unique([...ofLeads.messages, ...loose.messages]),
    phones,
    emails,
  };
}

export const personNotFound = (): AppError =>
  new AppError('person_not_found', 404, 'Nothing is stored about this person.');
