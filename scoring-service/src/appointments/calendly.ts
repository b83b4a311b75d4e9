import { lockBusiness } from '../businesses/find.js';
import type { AppointmentsTable } from '../db/tables/appointments.js';
import { first, type Unit } from '../db/unit.js';
import type { Actor } from '../events/activity.js';
import type { CalendlyEvent } from '../providers/calendly/index.js';
import { claimEvent, storeEvent, type VerifiedBy } from '../response/source-events.js';
import {
  appointmentAt,
  changeAppointment,
  insertAppointment,
  lockAppointment,
} from './appointments.js';
import { findBookedLead, leadOfBooking } from './calendly-lead.js';
import { appointmentOf, remember, remembered, replacedBy } from './calendly-memory.js';
import type { AppointmentsDeps } from './deps.js';

export interface ReceivedBooking {
  event: CalendlyEvent;
  raw: string;
  verifiedBy: VerifiedBy;
}

export interface BookingAnswer {
  outcome:
    | 'booked'
    | 'rescheduled'
    | 'cancelled'
    | 'no_show'
    | 'moving'
    | 'unchanged'
    | 'remembered'
    | 'ignored';
  appointment_id: string | null;
  lead_id: string | null;
  /** Whether the very event was taken in before. */
  repeated: boolean;
}

/** What was made of an event; kept with it, for its repetitions. */
type Made = Omit<BookingAnswer, 'repeated'>;

const CALENDLY: Actor = { type: 'system', id: null, name: 'calendly' };

/**
 * Takes one verified event of Calendly. Events come repeated and in any order, so each only adds to
 * what is remembered of its booking (cancelled, missed, replaced by which), and the appointment is
 * then made to fit: whatever the order, the same appointment results.
 */
export function* takeCalendlyEvent(
  deps: AppointmentsDeps,
  { event, raw, verifiedBy }: ReceivedBooking,
): Unit<BookingAnswer> {
  const { store, runtime } = deps;
  const before = yield* appointmentOf(deps, [event.invitee_uri, event.old_invitee_uri]);
  const found = before === null ? yield* findBookedLead(deps, event) : null;
  const leadRow = yield* first(
    store.db
      .selectFrom('leads')
      .select('business_id')
      .where('id', '=', before?.lead_id ?? found?.id ?? ''),
  );
  const business = yield* lockBusiness(store, { businessId: leadRow?.business_id });
  const eventId = runtime.newId();
  const key = `calendly:${event.kind}:${event.invitee_uri}`;
  const made = yield* claimEvent<Made>(deps, [key], eventId);
  if (made !== null) return { ...made, repeated: true };

  const answer = yield* event.kind === 'booked' ? booked(deps, event) : ended(deps, event);
  yield* storeEvent(deps, {
    id: eventId,
    leadId: answer.lead_id,
    kind: 'booking',
    provider: 'calendly',
    raw,
    businessId: business.id,
    verifiedBy,
    outcome: answer.outcome,
    reason: null,
    facts: {
      kind: event.kind,
      invitee_uri: event.invitee_uri,
      old_invitee_uri: event.old_invitee_uri,
      scheduled_at: event.scheduled_at,
      rescheduled: event.rescheduled,
    },
    answer,
  });
  return { ...answer, repeated: false };
}

/** A booking, new or in the place of an older one. */
function* booked(deps: AppointmentsDeps, event: CalendlyEvent): Unit<Made> {
  const uri = event.invitee_uri;
  const scheduledAt = event.scheduled_at ?? '';
  const old =
    event.old_invitee_uri === null ? null : yield* remembered(deps, event.old_invitee_uri);
  if (old !== null) yield* remember(deps, old.uri, { new_uri: uri });
  const own = yield* remembered(deps, uri);
  const known = own.appointment_id ?? old?.appointment_id ?? null;
  // What its later events, come before it, have made of it.
  const status = own.cancelled === 1 ? 'cancelled' : own.no_show === 1 ? 'no_show' : 'scheduled';
  const moving = own.cancelled === 1 && own.new_uri !== null;
  const successor = own.new_uri === null ? null : yield* appointmentOf(deps, [own.new_uri]);

  const mine = successor?.id ?? own.appointment_id;
  if (old?.appointment_id != null && mine !== null && old.appointment_id !== mine) {
    // Only now is it known that the two are one.
    const superseded = yield* lockAppointment(deps, old.appointment_id);
    yield* changeAppointment(deps, superseded, { status: 'cancelled', moving: 0 }, CALENDLY);
    yield* remember(deps, old.uri, { appointment_id: mine });
  }
  if (successor !== null) {
    // It has been replaced already: its successor is the appointment.
    yield* remember(deps, uri, { appointment_id: successor.id });
    return answerOf('unchanged', successor);
  }
  if (known !== null) {
    const before = yield* lockAppointment(deps, known);
    yield* remember(deps, uri, { appointment_id: known });
    const isOld =
      before.calendly_invitee_uri === uri ||
      (yield* replacedBy(deps, uri, before.calendly_invitee_uri));
    if (isOld) return answerOf('unchanged', before);
    yield* makeRoom(deps, before, scheduledAt);
    const after = yield* changeAppointment(
      deps,
      before,
      {
        scheduled_at: scheduledAt,
        calendly_invitee_uri: uri,
        status: moving ? 'scheduled' : status,
        moving: moving ? 1 : 0,
        service_type: event.service_type ?? before.service_type,
      },
      CALENDLY,
    );
    return answerOf('rescheduled', after);
  }

  const { lead } = yield* leadOfBooking(deps, event);
  // Somebody may have entered it by hand, or a workflow by the API.
  const same = yield* appointmentAt(deps, lead.id, scheduledAt);
  if (same !== undefined && same.calendly_invitee_uri === null) {
    yield* remember(deps, uri, { appointment_id: same.id });
    const change = {
      calendly_invitee_uri: uri,
      status: moving ? ('scheduled' as const) : status === 'scheduled' ? same.status : status,
      moving: moving ? 1 : 0,
    };
    return answerOf('booked', yield* changeAppointment(deps, same, change, CALENDLY));
  }
  if (same !== undefined) {
    yield* remember(deps, uri, { appointment_id: same.id });
    return answerOf('unchanged', same);
  }
  const row = yield* insertAppointment(deps, {
    lead,
    scheduledAt,
    serviceType: event.service_type,
    source: 'calendly',
    inviteeUri: uri,
    actor: CALENDLY,
    status: moving ? 'scheduled' : status,
    moving: moving ? 1 : 0,
  });
  yield* remember(deps, uri, { appointment_id: row.id });
  return answerOf(status === 'scheduled' ? 'booked' : status, row);
}

/** The new time may have been entered by hand meanwhile: one appointment is enough. */
function* makeRoom(
  deps: AppointmentsDeps,
  before: AppointmentsTable,
  scheduledAt: string,
): Unit<void> {
  const other = yield* appointmentAt(deps, before.lead_id, scheduledAt);
  if (other === undefined || other.id === before.id) return;
  yield* changeAppointment(deps, other, { status: 'cancelled' }, CALENDLY);
}

/** A booking was cancelled for good, cancelled to be moved, or missed. */
function* ended(deps: AppointmentsDeps, event: CalendlyEvent): Unit<Made> {
  const uri = event.invitee_uri;
  const own = yield* remembered(deps, uri);
  const newUri = event.new_invitee_uri ?? own.new_uri;
  const cancels = event.kind === 'canceled';
  yield* remember(deps, uri, {
    cancelled: cancels ? 1 : own.cancelled,
    no_show: cancels ? own.no_show : 1,
    // A move whose new booking is not named yet is a move all the same.
    new_uri: newUri ?? (event.rescheduled ? UNNAMED : null),
  });
  if (own.appointment_id === null)
    return { outcome: 'remembered', appointment_id: null, lead_id: null };
  const before = yield* lockAppointment(deps, own.appointment_id);
  // A later booking has taken its place: this one's end is the appointment's past.
  if (before.calendly_invitee_uri !== uri) return answerOf('unchanged', before);
  if (!cancels) {
    if (before.status === 'cancelled') return answerOf('unchanged', before);
    return answerOf(
      'no_show',
      yield* changeAppointment(deps, before, { status: 'no_show', moving: 0 }, CALENDLY),
    );
  }
  if (event.rescheduled || newUri !== null) {
    // It is not at this time any more, so nobody is asked how it was; the new time will come.
    return answerOf('moving', yield* changeAppointment(deps, before, { moving: 1 }, CALENDLY));
  }
  const after = yield* changeAppointment(
    deps,
    before,
    { status: 'cancelled', moving: 0 },
    CALENDLY,
  );
  return answerOf('cancelled', after);
}

/** Stands for the new booking of a move that Calendly has not named. */
const UNNAMED = '';

const answerOf = (outcome: Made['outcome'], row: AppointmentsTable): Made => ({
  outcome,
  appointment_id: row.id,
  lead_id: row.lead_id,
});
