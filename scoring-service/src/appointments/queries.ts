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
  business_id?: string;
  status?: AppointmentStatus;
  /** Scheduled at or after, and before. */
  since?: number;
  until?: number;
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

/** Appointments, the newest first. */
export async function listAppointments(
  store: Store,
  filter: AppointmentFilter,
): Promise<Page<Appointment>> {
  let query = withMessage(store);
  if (filter.lead_id !== undefined)
    query = query.where('appointments.lead_id', '=', filter.lead_id);
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
