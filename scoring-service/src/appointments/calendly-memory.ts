import { iso } from '../core/clock.js';
import type { AppointmentsTable, CalendlyInviteesTable } from '../db/tables/appointments.js';
import { first, insertMany, run, type Unit } from '../db/unit.js';
import type { AppointmentsDeps } from './deps.js';

/** More moves in a row than anybody makes; a bound on a chain that bites its tail. */
const LONGEST_CHAIN = 100;

/** The appointment that one of these bookings stands for, when one is known. */
export function* appointmentOf(
  { store }: AppointmentsDeps,
  uris: readonly (string | null)[],
): Unit<AppointmentsTable | null> {
  const row = yield* first(
    store.db
      .selectFrom('calendly_invitees')
      .innerJoin('appointments', 'appointments.id', 'calendly_invitees.appointment_id')
      .selectAll('appointments')
      .where(
        store.anyOf(
          'calendly_invitees.uri',
          uris.filter((uri) => uri !== null),
        ),
      )
      .limit(1),
  );
  return row ?? null;
}

/** What is remembered of a booking, made when missing, locked until the unit ends. */
export function* remembered(
  { store, runtime }: AppointmentsDeps,
  uri: string,
): Unit<CalendlyInviteesTable> {
  const at = iso(runtime.clock.now());
  const fresh: CalendlyInviteesTable = {
    uri,
    appointment_id: null,
    cancelled: 0,
    no_show: 0,
    new_uri: null,
    created_at: at,
    updated_at: at,
  };
  yield* insertMany('calendly_invitees', [fresh], { ignoreConflicts: true });
  const row = yield* first(
    store.locked(
      store.db.selectFrom('calendly_invitees').selectAll().where('uri', '=', uri),
      'wait',
    ),
  );
  return row ?? fresh;
}

/** Adds to what is remembered of a booking. */
export function* remember(
  { store, runtime }: AppointmentsDeps,
  uri: string,
  columns: Partial<CalendlyInviteesTable>,
): Unit<void> {
  yield* run(
    store.db
      .updateTable('calendly_invitees')
      .set({ ...columns, updated_at: iso(runtime.clock.now()) })
      .where('uri', '=', uri),
  );
}

/** Whether `uri` was replaced, however many moves later, by the booking `current`. */
export function* replacedBy(
  { store }: AppointmentsDeps,
  uri: string,
  current: string | null,
): Unit<boolean> {
  let at: string | null = uri;
  for (let step = 0; step < LONGEST_CHAIN && at !== null; step += 1) {
    const row: { new_uri: string | null } | undefined = yield* first(
      store.db.selectFrom('calendly_invitees').select('new_uri').where('uri', '=', at),
    );
    at = row?.new_uri ?? null;
    if (at !== null && at === current) return true;
  }
  return false;
}
