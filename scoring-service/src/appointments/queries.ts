import { iso } from '../core/clock.js';
import { notFound } from '../core/errors.js';
import { decodeCursor, pageOf, type Page } from '../core/paging.js';
import type { AppointmentsTable, AppointmentStatus } from '../db/tables/appointments.js';
import type { Store } from '../db/store.js';
import { first, type Unit } from '../db/unit.js';
import { toAppointment, type Appointment } from './appointment-schema.js';

export interface AppointmentFilter {
  limit: number;
  cursor?: string;
  lead_id?: string;
  /** Of any of these leads: one and what was merged into it. */
  lead_ids?: readonly string[];
  business_id?: string;
  status?: AppointmentStatus;
  /** Scheduled at or after, and before. */
  since?: number;
  until?: number;
  /** By when they were entered, the newest first, unless by when they are. */
  order?: 'soonest' | 'latest';
}

const withMessage = ({ db }: Store) =>
  db
    .selectFrom('appointments')
    .leftJoin('messages', 'messages.id', 'appointments.review_message_id')
    .selectAll('appointments')
    .select(['messages.status as message_status', 'messages.reason_code as message_reason']);

type Joined = AppointmentsTable & { message_status: string | null; message_reason: string | null };

function present({ message_status: status, message_reason, ...row }: Joined): Appointment {
  return toAppointment(row, status === null ? null : { status, reason_code: message_reason });
}

/** A page of appointments by when they are. Index: appointments_by_time. */
async function byTime(
  query: ReturnType<typeof withMessage>,
  { limit, cursor }: AppointmentFilter,
  order: 'soonest' | 'latest',
): Promise<Page<Appointment>> {
  const [compare, direction] =
    order === 'soonest' ? (['>', 'asc'] as const) : (['<', 'desc'] as const);
  let page = query;
  if (cursor !== undefined) {
    const [at = '', id = ''] = decodeCursor(cursor, 2);
    page = page.where((where) =>
      where(
        where.refTuple('appointments.scheduled_at', 'appointments.id'),
        compare,
        where.tuple(at, id),
      ),
    );
  }
  const rows = await page
    .orderBy('appointments.scheduled_at', direction)
    .orderBy('appointments.id', direction)
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit, (row) => [row.scheduled_at, row.id], present);
}

/** Appointments, the newest first unless ordered by time. */
export async function listAppointments(
  store: Store,
  filter: AppointmentFilter,
): Promise<Page<Appointment>> {
  let query = withMessage(store);
  if (filter.lead_id !== undefined)
    query = query.where('appointments.lead_id', '=', filter.lead_id);
  if (filter.lead_ids !== undefined) {
    query = query.where(store.anyOf('appointments.lead_id', filter.lead_ids));
  }
  if (filter.business_id !== undefined) {
    query = query.where('appointments.business_id', '=', filter.business_id);
  }
  if (filter.status !== undefined) query = query.where('appointments.status', '=', filter.status);
  if (filter.since !== undefined) {
    query = query.where('appointments.scheduled_at', '>=', iso(filter.since));
  }
  if (filter.until !== undefined) {
    query = query.where('appointments.scheduled_at', '<', iso(filter.until));
  }
  if (filter.order !== undefined) return byTime(query, filter, filter.order);
  if (filter.cursor !== undefined) {
    query = query.where('appointments.id', '<', decodeCursor(filter.cursor, 1)[0] ?? '');
  }
  const rows = await query
    .orderBy('appointments.id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit, (row) => [row.id], present);
}

export async function getAppointment(store: Store, id: string): Promise<Appointment> {
  const row = await withMessage(store).where('appointments.id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('appointment', id);
  return present(row);
}

/** The same inside the unit that has just written it. */
export function* readAppointment(store: Store, id: string): Unit<Appointment> {
  const row = yield* first(withMessage(store).where('appointments.id', '=', id));
  if (row === undefined) throw notFound('appointment', id);
  return present(row);
}
