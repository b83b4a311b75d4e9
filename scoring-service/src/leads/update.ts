import { iso } from '../core/clock.js';
import { AppError, conflict, staleVersion } from '../core/errors.js';
import type { LeadsTable } from '../db/tables/leads.js';
import { first, insertMany, run, type Unit } from '../db/unit.js';
import { difference, recordActivity, type Actor } from '../events/activity.js';
import type { RoutingDeps } from '../routing/assignment/ports.js';
import type { EditLead, UpdateLead } from './lead-schema.js';
import { contactKeys, storedState } from './lead.js';
import { requireLead, routeAgain, type Rerouted } from './rerouting.js';

const ROUTING_FIELDS = ['credit_score', 'funding_amount', 'vertical'] as const;

export interface UpdateDeps {
  routing: RoutingDeps;
  defaultRegion: string;
  /** Whether a change of a routing field routes waiting leads again. */
  rerouteOnUpdate: boolean;
}

export interface UpdatedLead {
  lead_id: string;
  updated_fields: string[];
  rerouted: Rerouted | null;
}

/**
 * Updates a lead found by its contact id, inside a unit that holds the routing lock. A waiting or
 * rejected lead whose routing fields changed is routed again in the same unit.
 */
export function* updateLead(
  deps: UpdateDeps,
  { ghl_contact_id: contactId, ...input }: UpdateLead,
  raw: string,
  actor: Actor,
): Unit<UpdatedLead> {
  const found = yield* first(
    deps.routing.store.db
      .selectFrom('leads')
      .selectAll()
      .where('kind', '=', 'distribution')
      .where('ghl_contact_id', '=', contactId),
  );
  if (found === undefined) {
    throw new AppError('lead_not_found', 404, 'No lead has this ghl_contact_id.', {
      body: { ghl_contact_id: contactId },
    });
  }
  return yield* applyUpdate(deps, found, input, { raw, provider: 'api' }, actor);
}

/**
 * The same for a lead found by its id, by a person who saw a copy of it. Errors: 404; 409
 * `stale_version` when the copy is outdated, `not_distributable` for a response lead.
 */
export function* editLead(
  deps: UpdateDeps,
  id: string,
  { version, ...input }: EditLead,
  actor: Actor,
): Unit<UpdatedLead> {
  const found = yield* requireLead(deps.routing, id);
  if (found.kind !== 'distribution') {
    throw conflict('not_distributable', 'Only distribution leads are changed like this.');
  }
  if (found.version !== version) throw staleVersion(found.version);
  const received = { raw: JSON.stringify(input), provider: 'dashboard' };
  return yield* applyUpdate(deps, found, input, received, actor);
}

function* applyUpdate(
  deps: UpdateDeps,
  found: LeadsTable,
  input: Omit<UpdateLead, 'ghl_contact_id'>,
  received: { raw: string; provider: string },
  actor: Actor,
): Unit<UpdatedLead> {
  const { store, runtime } = deps.routing;
  const given = Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined),
  ) as Partial<LeadsTable>;
  const updatedFields = Object.keys(given).sort();
  if (given.email === '') given.email = null;
  if (given.state !== undefined) given.state = storedState(given.state);
  const lead: LeadsTable = { ...found, ...given };
  Object.assign(lead, contactKeys(lead, deps.defaultRegion));
  const changed = difference({ ...found }, { ...lead });
  const at = runtime.clock.now();
  yield* insertMany('source_events', [
    {
      id: runtime.newId(),
      lead_id: lead.id,
      kind: 'update',
      provider: received.provider,
      received_at: iso(at),
      raw: received.raw,
    },
  ]);
  if (changed === null) return { lead_id: lead.id, updated_fields: updatedFields, rerouted: null };

  lead.version += 1;
  lead.updated_at = iso(at);
  const { id, ...columns } = lead;
  yield* run(store.db.updateTable('leads').set(columns).where('id', '=', id));
  yield* recordActivity(
    [{ actor, action: 'lead.updated', subjectType: 'lead', subjectId: id, ...namesOnly(changed) }],
    at,
    runtime.newId,
  );
  const waits = lead.status === 'unassigned' || lead.status === 'rejected';
  const routingChanged = ROUTING_FIELDS.some((field) => field in changed.after);
  if (!deps.rerouteOnUpdate || !waits || !routingChanged) {
    return { lead_id: id, updated_fields: updatedFields, rerouted: null };
  }
  const rerouted = yield* routeAgain(deps.routing, lead, 'update', actor);
  return { lead_id: id, updated_fields: updatedFields, rerouted };
}

const DERIVED = new Set(['email_key', 'phone_key', 'dedupe_key']);

/** The activity log shows what changed; keys made from the contact data add nothing to it. */
function namesOnly(changed: { before: Record<string, unknown>; after: Record<string, unknown> }) {
  const keep = (values: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !DERIVED.has(name)));
  return { before: keep(changed.before), after: keep(changed.after) };
}
