import type { Store } from '../db/store.js';
import { eraseLoose } from './erase-loose.js';
import { chunks, LOOK, STEP, throughOld } from './steps.js';

/**
 * Erases what came in before `cutoff` (ISO) and never became part of a lead. Ids follow the order of
 * arrival, so that each time goes on where the last one ended.
 */
export async function eraseOldLoose(
  store: Store,
  cutoff: string,
  places: { source_events: string; messages: string },
): Promise<void> {
  const { db } = store;
  const events = (after: string) =>
    db
      .selectFrom('source_events')
      .select(['id', 'lead_id', 'received_at as at'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(LOOK)
      .execute();
  const messages = (after: string) =>
    db
      .selectFrom('messages')
      .select(['id', 'lead_id', 'created_at as at'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(LOOK)
      .execute();
  for (const [table, read] of [
    ['source_events', events],
    ['messages', messages],
  ] as const) {
    places[table] = await throughOld(read, places[table], cutoff, async (rows) => {
      const loose = rows.filter(({ lead_id }) => lead_id === null).map(({ id }) => id);
      for (const some of chunks(loose, STEP)) {
        await store.unit(() => eraseLoose(store, { [table]: some }));
      }
    });
  }
  const calls = await db
    .selectFrom('calls')
    .select('key')
    .where('lead_id', 'is', null)
    .where('created_at', '<', cutoff)
    .where((where) =>
      where.or([
        where('recording_url', 'is not', null),
        where('transcription_url', 'is not', null),
      ]),
    )
    .execute();
  const keys = calls.map(({ key }) => key);
  for (const some of chunks(keys, STEP)) await store.unit(() => eraseLoose(store, { calls: some }));
}
