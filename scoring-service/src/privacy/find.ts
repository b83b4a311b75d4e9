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

/** More leads than one person has: a number that many share, or a placeholder. */
const MOST_LEADS = 1000;

const unique = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];

type Step = (store: Store, ids: readonly string[]) => Promise<string[]>;

const mergedWith: Step = async ({ db, anyOf }, ids) => {
  const rows = await db
    .selectFrom('response_leads')
    .select(['lead_id', 'merged_into'])
    .where((where) => where.or([anyOf('lead_id', ids), anyOf('merged_into', ids)]))
    .where('merged_into', 'is not', null)
    .execute();
  return rows.flatMap((row) => [row.lead_id, row.merged_into ?? row.lead_id]);
};

const distributedWith: Step = async ({ db, anyOf }, ids) => {
  const links = await db
    .selectFrom('lead_links')
    .select(['lead_id', 'other_lead_id'])
    .where((where) => where.or([anyOf('lead_id', ids), anyOf('other_lead_id', ids)]))
    .where('kind', '=', 'distributed_from')
    .execute();
  return links.flatMap((row) => [row.lead_id, row.other_lead_id]);
};

/** The leads and all that the steps lead to, over any number of merges. */
async function closure(store: Store, ids: readonly string[], steps: Step[]): Promise<string[]> {
  let all = unique(ids);
  for (let known = 0; known < all.length;) {
    known = all.length;
    const found = await Promise.all(steps.map((step) => step(store, all)));
    all = unique([...all, ...found.flat()]);
  }
  return all;
}

/** The leads with all that were merged with them. */
export const withMerged = (store: Store, ids: readonly string[]): Promise<string[]> =>
  closure(store, ids, [mergedWith]);

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

/** How a payload may write it: form-encoded ones escape the plus of a number and the @. */
const written = (word: string): string[] => [
  word.replace(/^\+/, ''),
  encodeURIComponent(word.replace(/^\+/, '')),
];

const contains = (text: string) => {
  const pattern = `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return sql<SqlBool>`lower(raw) like lower(${pattern}) escape '\\'`;
};

/** A payload's text without the escapes of forms and of JSON. */
function unescaped(raw: string): string {
  // In a form a blank is a plus, and a plus is escaped.
  const text = /^\s*[[{"]/.test(raw) ? raw : raw.replaceAll('+', ' ');
  return text
    .replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
      try {
        return decodeURIComponent(escapes);
      } catch {
        return escapes;
      }
    })
    .replace(/\\[nrt]/g, ' ');
}

/** Whether a payload holds the number or address itself, not one that only ends or begins alike. */
function names(raw: string, word: string): boolean {
  const literal = word.replace(/^\+/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const part = word.startsWith('+') ? '\\d' : '[\\p{L}\\p{N}._%+-]';
  // A sentence may end with it.
  const end = word.startsWith('+') ? '(?!\\d)' : '(?![\\p{L}\\p{N}_%+-]|\\.[\\p{L}\\p{N}])';
  return new RegExp(`(?<!${part})${literal}${end}`, 'iu').test(unescaped(raw));
}

/** What came in by these numbers and addresses and belongs to no lead. */
async function looseEnds(
  { db, anyOf }: Store,
  phones: readonly string[],
  emails: readonly string[],
): Promise<{ events: string[]; messages: string[] }> {
  if (phones.length + emails.length === 0) return { events: [], messages: [] };
  const addresses = [...phones, ...emails];
  const words = [...phones.filter((phone) => phone.startsWith('+')), ...emails];
  const candidates = await db
    .selectFrom('source_events')
    .select(['id', 'raw'])
    .where('lead_id', 'is', null)
    .where((where) => where.or(words.flatMap(written).map(contains)))
    .execute();
  const events = candidates.filter(({ raw }) => words.some((word) => names(raw, word)));
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
 * Errors: 409 `too_many_leads`.
 */
export async function findPerson(deps: FindDeps, query: PersonQuery): Promise<Holdings | null> {
  const { store } = deps;
  const { db, anyOf } = store;
  const phone = query.phone === undefined ? null : normalizePhone(query.phone, deps.defaultRegion);
  const phoneKey = phone?.key ?? null;
  const emailKey = query.email === undefined ? null : normalizeEmail(query.email);
  const named = unique([
    ...(query.lead_ids ?? []),
    ...(await reachedBy(store, 'phone', phoneKey)),
    ...(await reachedBy(store, 'email', emailKey)),
  ]);
  const ids = await closure(store, named, [mergedWith, distributedWith]);
  if (ids.length > MOST_LEADS) throw tooManyLeads(ids.length);
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

const tooManyLeads = (count: number): AppError =>
  new AppError(
    'too_many_leads',
    409,
    `${count} leads are found, more than one person has. Name those that are meant by lead_ids.`,
  );

export const personNotFound = (): AppError =>
  new AppError('person_not_found', 404, 'Nothing is stored about this person.');
