import { iso } from '../core/clock.js';
import { conflict, staleVersion } from '../core/errors.js';
import type { AppointmentsTable } from '../db/tables/appointments.js';
import type { Unit } from '../db/unit.js';
import type { Actor } from '../events/activity.js';
import type { UpdateAppointment } from './appointment-schema.js';
import {
  appointmentAt,
  changeAppointment,
  lockAppointment,
  type AppointmentChange,
} from './appointments.js';
import type { AppointmentsDeps } from './deps.js';

/**
 * Edits the copy that the caller read: moves, cancels, ends or revives it. Errors: 409
 * `stale_version`, `already_booked` when the lead has another appointment at that time.
 */
export function* updateAppointment(
  deps: AppointmentsDeps,
  id: string,
  { version, scheduled_at: scheduledAt, ...given }: UpdateAppointment,
  actor: Actor,
): Unit<AppointmentsTable> {
  const before = yield* lockAppointment(deps, id);
  if (before.version !== version) throw staleVersion(before.version);
  const change: AppointmentChange = Object.fromEntries(
    Object.entries({
      ...given,
      scheduled_at: scheduledAt === undefined ? undefined : iso(scheduledAt),
      // Whoever says the time or the end knows more than a move that was announced.
      moving: scheduledAt !== undefined || given.status !== undefined ? 0 : undefined,
    }).filter(([, value]) => value !== undefined),
  );
  const wanted = { ...before, ...change };
  if (wanted.status !== 'cancelled') {
    const other = yield* appointmentAt(deps, before.lead_id, wanted.scheduled_at);
    if (other !== undefined && other.id !== id) {
      throw conflict('already_booked', 'The lead has another appointment at that time.', {
        appointment_id: other.id,
      });
    }
  }
  return yield* changeAppointment(deps, before, change, actor);
}
