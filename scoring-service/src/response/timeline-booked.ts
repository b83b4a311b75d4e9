import type { Store } from '../db/store.js';
import { parsed, type TimelineEntry } from './timeline-entry.js';

/** How the leads were qualified, and their appointments, as entries of a timeline. */
export async function bookedEntries(
  store: Store,
  ids: readonly string[],
  most: number,
): Promise<{ entries: TimelineEntry[]; appointmentIds: string[] }> {
  const qualifications = await store.db
    .selectFrom('qualifications')
    .selectAll()
    .where(store.anyOf('lead_id', ids))
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  const appointments = await store.db
    .selectFrom('appointments')
    .selectAll()
    .where(store.anyOf('lead_id', ids))
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return {
    appointmentIds: appointments.map(({ id }) => id),
    entries: [
      ...qualifications.map(
        ({ id, created_at, disagreement, steering, job_id: _job, ...row }): TimelineEntry => ({
          id,
          at: created_at,
          type: 'qualification',
          data: { ...row, disagreement: parsed(disagreement), steering: parsed(steering) },
        }),
      ),
      ...appointments.map(
        ({ id, created_at, moving: _moving, review_due_at: _due, ...row }): TimelineEntry => ({
          id,
          at: created_at,
          type: 'appointment',
          data: row,
        }),
      ),
    ],
  };
}
