import { iso, type NewId } from '../core/clock.js';
import type { Store } from '../db/store.js';
import type { DeliveriesTable } from '../db/tables/deliveries.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { BrokersTable } from '../db/tables/orders.js';
import { run, type Unit } from '../db/unit.js';
import { toLead } from '../leads/lead.js';
import type { DeliveryPlanner } from '../routing/assignment/ports.js';
import { cancelledColumns, pendingColumns, queuedColumns, type Gate } from './gate.js';

/** The channel that wakes the delivery worker. */
export const DELIVERIES_CHANNEL = 'leadloop_deliveries';

/** How long a held delivery waits for a workflow before it goes out by itself. */
const HELD_MS = 10 * 60_000;

/** The request's body: the whole lead at the top level and its assignment, frozen here. */
function deliveryBody(lead: LeadsTable): string {
  const { id, assigned_broker_id, assigned_order_id, erased_at: _never, ...rest } = toLead(lead);
  return JSON.stringify({
    lead_id: id,
    order_id: assigned_order_id,
    broker_id: assigned_broker_id,
    id,
    ...rest,
    assigned_broker_id,
    assigned_order_id,
  });
}

/** Writes the outbox rows of an assignment: pending, queued until the broker may be sent to, or held. */
export function createDeliveryPlanner(deps: {
  store: Store;
  newId: NewId;
  gate: Gate;
}): DeliveryPlanner {
  const waiting = (
    broker: BrokersTable,
    at: number,
    hold: boolean,
  ): Pick<
    DeliveriesTable,
    'status' | 'reason_code' | 'release_at' | 'due_at' | 'next_attempt_at' | 'claim_id' | 'again'
  > => {
    if (hold) {
      const release = iso(at + HELD_MS);
      return {
        ...pendingColumns(at, release),
        status: 'held',
        reason_code: 'held_for_workflow',
        release_at: release,
        next_attempt_at: null,
      };
    }
    // A pause of all deliveries is the worker's to see: it is no part of the assignment.
    const shut = deps.gate.shut(broker, at, false);
    return shut === null ? pendingColumns(at) : queuedColumns(shut, at);
  };

  return {
    channel: DELIVERIES_CHANNEL,
    plan({ lead, broker, at, hold }) {
      if (broker.crm_webhook_url === null) return [];
      return [
        {
          ...waiting(broker, at, hold),
          id: deps.newId(),
          lead_id: lead.id,
          broker_id: broker.id,
          order_id: lead.assigned_order_id ?? '',
          channel: 'crm_webhook',
          body: deliveryBody(lead),
          attempts_made: 0,
          sent_at: null,
          failed_at: null,
          created_at: iso(at),
          updated_at: iso(at),
        },
      ];
    },
    *cancelUnsent(leadId, at): Unit<void> {
      // A running attempt keeps its claim, so that it can tell that the lead did arrive.
      yield* run(
        deps.store.db
          .updateTable('deliveries')
          .set(cancelledColumns('reassigned', at))
          .where('lead_id', '=', leadId)
          .where('status', 'in', ['pending', 'queued', 'held']),
      );
    },
  };
}
