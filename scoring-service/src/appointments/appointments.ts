import { iso } from '../core/clock.js';
import { invalid, notFound } from '../core/errors.js';
import type { AppointmentsTable } from '../db/tables/appointments.js';
import type { LeadsTable } from '../db/tables/leads.js';
import { first, notify, run, type Unit } from '../db/unit.js';
import { difference, recordActivity, type Actor } from '../events/activity.js';
import { recordEvents, type EventType } from '../events/events.js';
import { requireLead } from '../leads/rerouting.js';
import { rootOf } from '../response/candidates.js';
import { actOnTask } from '../tasks/actions.js';
import { openTaskOf } from '../tasks/raise.js';
import { REVIEWS_CHANNEL, type AppointmentsDeps } from './deps.js';
import { reviewFor } from './reviews.js';

export interface NewAppointment {
  lead: LeadsTable;
  scheduledAt: string;
  serviceType: string | null;
  source: AppointmentsTable['source'];
  inviteeUri: string | null;
  actor: Actor;
  /** Other than `scheduled` when its end was heard of before its beginning. */
  status?: AppointmentsTable['status'];
  moving?: number;
}

/** The lead that has appointments: of the kind `response`, and the one it is part of now. */
export function* bookableLead(deps: AppointmentsDeps, id: string): Unit<LeadsTable> {
  const lead = yield* requireLead(deps, id);
  if (lead.kind !== 'response' || lead.business_id === null) {
    throw invalid({ lead_id: 'must be the id of a lead of the kind response' });
  }
  const part = yield* first(
    deps.store.db.selectFrom('response_leads').select('merged_into').where('lead_id', '=', id),
  );
  const root = yield* rootOf(deps.store, id, part?.merged_into ?? null);
  return root === id ? lead : yield* requireLead(deps, root);
}

/** The appointment that a lead has at a time, unless it was cancelled. */
export function* appointmentAt(
  { store }: AppointmentsDeps,
  leadId: string,
  scheduledAt: string,
): Unit<AppointmentsTable | undefined> {
  return yield* first(
    store.locked(
      store.db
        .selectFrom('appointments')
        .selectAll()
        .where('lead_id', '=', leadId)
        .where('scheduled_at', '=', scheduledAt)
        .where('status', '!=', 'cancelled'),
      'wait',
    ),
  );
}

/** What events tell of an appointment. */
function dataOf(row: AppointmentsTable): Record<string, unknown> {
  return {
    appointment_id: row.id,
    lead_id: row.lead_id,
    business_id: row.business_id,
    status: row.status,
    scheduled_at: row.scheduled_at,
    service_type: row.service_type,
    source: row.source,
    review_scheduled_for: row.review_at,
  };
}

/** What the activity log compares. */
const told = (row: AppointmentsTable): Record<string, unknown> => ({
  status: row.status,
  scheduled_at: row.scheduled_at,
  service_type: row.service_type,
});

function* tell(
  { runtime }: AppointmentsDeps,
  type: EventType,
  row: AppointmentsTable,
  actor: Actor,
  changed: { before: Record<string, unknown>; after: Record<string, unknown> } | null,
  change: string | null,
): Unit<void> {
  const at = runtime.clock.now();
  const data = { ...dataOf(row), ...(change === null ? {} : { change }) };
  yield* recordEvents([{ type, data }], at, runtime.newId);
  yield* recordActivity(
    [
      {
        actor,
        action: change === null ? type : `appointment.${change}`,
        subjectType: 'appointment',
        subjectId: row.id,
        before: changed?.before ?? null,
        after: changed?.after ?? told(row),
      },
    ],
    at,
    runtime.newId,
  );
}

/** A booking is what the callback was for: nothing is left to do for the lead. */
function* completeCallback(deps: AppointmentsDeps, leadId: string, actor: Actor): Unit<void> {
  const task = yield* openTaskOf(deps, leadId);
  if (task === undefined) {
    yield* run(
      deps.store.db
        .updateTable('leads')
        .set({ status: 'closed', updated_at: iso(deps.runtime.clock.now()) })
        .where('id', '=', leadId)
        .where('status', '=', 'open'),
    );
    return;
  }
  yield* actOnTask(deps, task.id, 'complete', { outcome: 'callback_booked' }, actor);
}

/**
 * Writes a new appointment with its review request, and completes the lead's open callback task.
 * The caller holds the business's lock and has seen that there is none yet.
 */
export function* insertAppointment(
  deps: AppointmentsDeps,
  given: NewAppointment,
): Unit<AppointmentsTable> {
  const { store, runtime } = deps;
  const at = iso(runtime.clock.now());
  const state = {
    status: given.status ?? ('scheduled' as const),
    scheduled_at: given.scheduledAt,
    moving: given.moving ?? 0,
  };
  const row: AppointmentsTable = {
    id: runtime.newId(),
    lead_id: given.lead.id,
    business_id: given.lead.business_id ?? '',
    ...state,
    service_type: given.serviceType,
    source: given.source,
    calendly_invitee_uri: given.inviteeUri,
    moves: 0,
    ...(yield* reviewFor(deps, null, state)),
    version: 1,
    created_at: at,
    updated_at: at,
  };
  yield* run(store.db.insertInto('appointments').values(row));
  if (row.status !== 'scheduled') {
    yield* tell(deps, 'appointment.changed', row, given.actor, null, row.status);
    return row;
  }
  yield* tell(deps, 'appointment.booked', row, given.actor, null, null);
  yield* completeCallback(deps, row.lead_id, given.actor);
  if (row.review_due_at !== null) yield* notify(REVIEWS_CHANNEL);
  return row;
}

/** An appointment, locked until the unit ends; 404 when there is none. */
export function* lockAppointment({ store }: AppointmentsDeps, id: string): Unit<AppointmentsTable> {
  const row = yield* first(
    store.locked(store.db.selectFrom('appointments').selectAll().where('id', '=', id), 'wait'),
  );
  if (row === undefined) throw notFound('appointment', id);
  return row;
}

export type AppointmentChange = Partial<
  Pick<
    AppointmentsTable,
    'status' | 'scheduled_at' | 'service_type' | 'calendly_invitee_uri' | 'moving'
  >
>;

/**
 * Changes an appointment that the caller has locked, its review request with it: moved with its
 * time, cancelled with it. Nothing when nothing differs.
 */
export function* changeAppointment(
  deps: AppointmentsDeps,
  before: AppointmentsTable,
  change: AppointmentChange,
  actor: Actor,
): Unit<AppointmentsTable> {
  const { store, runtime } = deps;
  const wanted = { ...before, ...change };
  if (difference({ ...before }, { ...wanted }) === null) return before;
  const moved = wanted.scheduled_at !== before.scheduled_at;
  const after: AppointmentsTable = {
    ...wanted,
    ...(yield* reviewFor(deps, before, wanted)),
    moves: before.moves + (moved ? 1 : 0),
    version: before.version + 1,
    updated_at: iso(runtime.clock.now()),
  };
  const { id, ...columns } = after;
  yield* run(store.db.updateTable('appointments').set(columns).where('id', '=', id));
  const changed = difference(told(before), told(after));
  if (changed !== null) {
    const what =
      after.status !== before.status ? after.status : moved ? 'rescheduled' : 'service_changed';
    yield* tell(deps, 'appointment.changed', after, actor, changed, what);
  }
  if (after.review_due_at !== null) yield* notify(REVIEWS_CHANNEL);
  return after;
}
