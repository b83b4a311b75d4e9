import { sql } from 'kysely';

import type { Store } from '../db/store.js';
import { all, first, run, type Unit } from '../db/unit.js';

/**
 * The order of the event stream. A reader that remembers where it stopped must never find an event
 * before that place later on.
 *
 * SQLite has one writer, so `seq` is the order of the commits. On PostgreSQL `seq` is drawn before
 * the commit, and a transaction with a lower one may commit later. There an event has no place in
 * the stream when it is committed; `settleOrder` gives places to what it sees, under a lock that
 * it holds until its own commit. Every place given later is therefore higher and becomes visible
 * later. Nothing waits for transactions in flight, and writers of events pay nothing. (Reading only
 * below the oldest running transaction would do as well, but any long transaction, of any database
 * on the server, would hold the stream up, and the ids start anew when a dump is restored.)
 */
export function positionColumn(store: Store): 'seq' | 'position' {
  return store.dialect === 'sqlite' ? 'seq' : 'position';
}

/** The lock under which places are given ("leadloop" in hex, plus one). */
const ORDER_LOCK = 0x6c6561646c6f6f71n.toString();

/** Events that one call gives places to. */
const STEP = 5000;

const unsettled = (store: Store) =>
  store.db.selectFrom('events').select('seq').where('position', 'is', null).limit(1);

/**
 * Gives committed events their places in the stream; true when there may be more of them. The
 * caller must not wait for another unit afterwards (locks that skip are fine): whoever gives
 * places waits for this unit's end.
 */
export function* settleOrder(store: Store): Unit<boolean> {
  if (store.dialect === 'sqlite') return false;
  if ((yield* first(unsettled(store))) === undefined) return false;
  yield* all({
    compile: () => sql`select pg_advisory_xact_lock(${sql.raw(ORDER_LOCK)})`.compile(store.db),
  });
  // Materialized, so that each number is drawn once and in the order of seq.
  const query = sql`
    with given as materialized (
      select seq, nextval('event_positions') as position
      from (select seq from events where position is null order by seq limit ${sql.lit(STEP)}) waiting
    )
    update events set position = given.position from given where events.seq = given.seq
  `;
  const settled = yield* run({ compile: () => query.compile(store.db) });
  return settled === STEP;
}

/** Gives all committed events their places, outside a unit. */
export async function settleAll(store: Store): Promise<void> {
  if (store.dialect === 'sqlite') return;
  if ((await unsettled(store).executeTakeFirst()) === undefined) return;
  while (await store.unit(() => settleOrder(store)));
}

/** The places taken, highest or lowest first. */
export function placesQuery(store: Store, direction: 'asc' | 'desc') {
  const column = positionColumn(store);
  return store.db
    .selectFrom('events')
    .select(`${column} as place`)
    .where(column, 'is not', null)
    .orderBy(column, direction)
    .limit(1)
    .$castTo<{ place: number }>();
}

/** The highest place that is taken; 0 when there is none. */
export function* lastPosition(store: Store): Unit<number> {
  return (yield* first(placesQuery(store, 'desc')))?.place ?? 0;
}
