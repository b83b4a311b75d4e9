import type { Store } from '../../db/store.js';
import type { ActivityLogTable } from '../../db/tables/audit.js';
import { leadTitles } from './lead-titles.js';
import { businessNames } from './me.js';
import { readNames } from './names.js';

/** What things of the activity log are called, and where they are found. */
export interface Subjects {
  name(row: ActivityLogTable): string;
  /** The page of the thing, or null when it has none. */
  href(row: ActivityLogTable): string | null;
  /** What the thing is called that a member of before or after names by its id, or null. */
  named(member: string, id: string): string | null;
}

const FOLDERS: Record<string, string> = {
  lead: '/leads',
  order: '/orders',
  broker: '/brokers',
  delivery: '/deliveries',
  task: '/tasks',
  appointment: '/appointments',
  business: '/settings/businesses',
  staff: '/settings/staff',
  form: '/settings/forms',
  subscription: '/settings/subscriptions',
};

/** Pages of things that have none of their own. */
const PAGES: Record<string, string> = {
  deliveries: '/deliveries',
  provider: '/settings/providers',
  settings: '/settings/thresholds',
  suppression: '/messages/suppressions',
  user: '/settings/users',
  api_key: '/settings/keys',
};

/** Things whose pages are for admins alone. */
export const FOR_ADMINS: ReadonlySet<string> = new Set(['form', 'user', 'api_key']);

export const SUBJECT_TYPES = [...Object.keys(FOLDERS), ...Object.keys(PAGES), 'import'];

/** Which kind of thing a member names. */
function kindOf(member: string): 'lead' | 'order' | 'broker' | 'business' | 'staff' | null {
  if (/(^|_)lead_id$|^merged_into$|^parted_from$/.test(member)) return 'lead';
  if (/(owner|staff)_id$|^claimed_by$/.test(member)) return 'staff';
  const exact = /^(order|broker|business)_id$/.exec(member)?.[1];
  return exact === undefined ? null : (exact as 'order' | 'broker' | 'business');
}

function idsIn(rows: readonly ActivityLogTable[]): { kind: string; id: string }[] {
  return rows.flatMap((row) =>
    [row.before, row.after].flatMap((text) =>
      Object.entries(JSON.parse(text ?? '{}') as Record<string, unknown>).flatMap(
        ([member, value]) => {
          const kind = kindOf(member);
          return kind !== null && typeof value === 'string' ? [{ kind, id: value }] : [];
        },
      ),
    ),
  );
}

/** Looks up what the entries of one page are about: one query for each kind of thing. */
export async function readSubjects(
  store: Store,
  rows: readonly ActivityLogTable[],
): Promise<Subjects> {
  const { db } = store;
  const mentioned = idsIn(rows);
  const about = (kind: string): string[] => [
    ...new Set(rows.filter((row) => row.subject_type === kind).map((row) => row.subject_id)),
  ];
  const wanted = (kind: string): string[] => [
    ...new Set([
      ...about(kind),
      ...mentioned.filter((one) => one.kind === kind).map(({ id }) => id),
    ]),
  ];
  const nameOf = async (table: 'staff' | 'forms' | 'users' | 'api_keys', ids: string[]) =>
    ids.length === 0
      ? []
      : db.selectFrom(table).select(['id', 'name']).where(store.anyOf('id', ids)).execute();
  const leadOf = async (table: 'tasks' | 'appointments' | 'deliveries', ids: string[]) =>
    ids.length === 0
      ? []
      : db.selectFrom(table).select(['id', 'lead_id']).where(store.anyOf('id', ids)).execute();
  const subscriptions = about('subscription');
  const [names, businesses, named, work, urls] = await Promise.all([
    readNames(store, { orders: wanted('order'), brokers: wanted('broker') }),
    businessNames(store, wanted('business')),
    Promise.all([
      nameOf('staff', wanted('staff')),
      nameOf('forms', about('form')),
      nameOf('users', about('user')),
      nameOf('api_keys', about('api_key')),
    ]),
    Promise.all([
      leadOf('tasks', about('task')),
      leadOf('appointments', about('appointment')),
      leadOf('deliveries', about('delivery')),
    ]),
    subscriptions.length === 0
      ? []
      : db
          .selectFrom('subscriptions')
          .select(['id', 'url as name'])
          .where(store.anyOf('id', subscriptions))
          .execute(),
  ]);
  const leadById = new Map(work.flat().map((row) => [row.id, row.lead_id]));
  const titles = await leadTitles(store, [...wanted('lead'), ...leadById.values()]);
  const others = new Map([...named.flat(), ...urls].map((row) => [row.id, row.name]));
  const called = (kind: string, id: string): string | null => {
    if (kind === 'order') return names.order(id);
    if (kind === 'broker') return names.broker(id);
    return businesses.get(id) ?? titles.get(leadById.get(id) ?? id) ?? others.get(id) ?? null;
  };
  return {
    name: (row) => called(row.subject_type, row.subject_id) ?? row.subject_id,
    href: ({ subject_type: type, subject_id: id }) => {
      // What was taken away has no page any more.
      if (type === 'subscription' && !others.has(id)) return null;
      const folder = FOLDERS[type];
      return folder === undefined ? (PAGES[type] ?? null) : `${folder}/${encodeURIComponent(id)}`;
    },
    named: (member, id) => {
      const kind = kindOf(member);
      return kind === null ? null : called(kind, id);
    },
  };
}
