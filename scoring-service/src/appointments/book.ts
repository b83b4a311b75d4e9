import { lockBusiness } from '../businesses/find.js';
import { iso } from '../core/clock.js';
import type { AppointmentsTable } from '../db/tables/appointments.js';
import { first, run, type Unit } from '../db/unit.js';
import type { Actor } from '../events/activity.js';
import type { CreateAppointment } from './appointment-schema.js';
import { appointmentAt, bookableLead, insertAppointment, lockAppointment } from './appointments.js';
import type { AppointmentsDeps } from './deps.js';

/**
 * Books an appointment, once per Calendly invitee and once per lead and time: a repetition gets the
 * one there is. Errors: 404, 400 for a lead of the other kind.
 */
export function* bookAppointment(
  deps: AppointmentsDeps,
  input: CreateAppointment,
  actor: Actor,
): Unit<{ row: AppointmentsTable; created: boolean }> {
  const { store, runtime } = deps;
  const { db } = store;
  const uri = input.calendly_invitee_uri ?? null;
  const asked = yield* bookableLead(deps, input.lead_id);
  yield* lockBusiness(store, { businessId: asked.business_id });
  // Again under the lock: a merge may have been accepted meanwhile.
  const lead = yield* bookableLead(deps, input.lead_id);
  let status: AppointmentsTable['status'] = 'scheduled';
  if (uri !== null) {
    const invitee = yield* first(
      db.selectFrom('calendly_invitees').selectAll().where('uri', '=', uri),
    );
    if (invitee?.appointment_id != null) {
      return { row: yield* lockAppointment(deps, invitee.appointment_id), created: false };
    }
    // Its end may have been heard of before it.
    if (invitee?.cancelled === 1) status = 'cancelled';
    else if (invitee?.no_show === 1) status = 'no_show';
  }
  const scheduledAt = iso(input.scheduled_at);
  const known = yield* appointmentAt(deps, lead.id, scheduledAt);
  const row =
    known ??
    (yield* insertAppointment(deps, {
      lead,
      scheduledAt,
      serviceType: input.service_type ?? null,
      source: uri === null ? 'api' : 'calendly',
      inviteeUri: uri,
      actor,
      status,
    }));
  if (uri !== null) {
    const at = iso(runtime.clock.now());
    yield* run(
      db
        .insertInto('calendly_invitees')
        .values({
          uri,
          appointment_id: row.id,
          cancelled: 0,
          no_show: 0,
          new_uri: null,
          created_at: at,
          updated_at: at,
        })
        .onConflict((conflicting) =>
          conflicting.column('uri').doUpdateSet({ appointment_id: row.id, updated_at: at }),
        ),
    );
  }
  return { row, created: known === undefined };
}
