import { AppError, conflict, erased, notFound } from '../core/errors.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { DecisionTrigger } from '../db/tables/routing.js';
import { first, updateMany, type Unit } from '../db/unit.js';
import type { Actor } from '../events/activity.js';
import type { RoutingDeps } from '../routing/assignment/ports.js';
import {
  openSession,
  routedColumns,
  type RoutingOutcome,
  type RoutingSession,
} from '../routing/assignment/session.js';

export interface Rerouted {
  outcome: RoutingOutcome;
  session: RoutingSession;
  resets: number;
}

/** A lead to act on, inside a unit. Errors: 404; 409 `erased` when nothing tells any more who it is. */
export function* requireLead({ store }: Pick<RoutingDeps, 'store'>, id: string): Unit<LeadsTable> {
  const row = yield* first(store.db.selectFrom('leads').selectAll().where('id', '=', id));
  if (row === undefined) throw notFound('lead', id);
  if (row.erased_at !== null) throw erased();
  return row;
}

/**
 * Routes a stored lead again inside a unit that holds the routing lock: a new decision beside the
 * old ones, and its place in the unassigned queue kept or left. Changes `lead` in place.
 */
export function* routeAgain(
  deps: RoutingDeps,
  lead: LeadsTable,
  trigger: DecisionTrigger,
  actor?: Actor,
): Unit<Rerouted> {
  const at = deps.runtime.clock.now();
  const waiting = yield* first(
    deps.store.db
      .selectFrom('unassigned_leads')
      .select(['queued_at', 'tries'])
      .where('lead_id', '=', lead.id),
  );
  const { session, resets } = yield* openSession(deps);
  const options = { actor, waitedSince: waiting?.queued_at, tries: waiting?.tries };
  let outcome: RoutingOutcome;
  try {
    outcome = session.route(lead, trigger, at, options);
  } catch (error) {
    // The lead and its changes are kept; a fault in assignment is an outcome like any other.
    deps.onFault(lead.id, error);
    outcome = session.fail(lead, trigger, at, options);
  }
  yield* updateMany('leads', [routedColumns(lead)]);
  yield* session.flush(at);
  return { outcome, session, resets };
}

/** Routes a lead again because somebody asked: unassigned and rejected leads only. */
export function* reroute(deps: RoutingDeps, leadId: string, actor: Actor): Unit<Rerouted> {
  const lead = yield* requireLead(deps, leadId);
  if (lead.kind !== 'distribution') {
    throw conflict('not_distributable', 'Only distribution leads are routed to orders.');
  }
  if (lead.status !== 'unassigned' && lead.status !== 'rejected') {
    throw new AppError(
      'already_assigned',
      409,
      'The lead is assigned. Reassign it to move it to another order.',
    );
  }
  return yield* routeAgain(deps, lead, 'reroute', actor);
}
