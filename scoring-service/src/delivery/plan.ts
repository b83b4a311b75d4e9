import { iso, type NewId } from '../core/clock.js';
import type { Store } from '../db/store.js';
import type { DeliveriesTable } from '../db/tables/deliveries.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { BrokersTable } from '../db/tables/orders.js';
import { run, type Unit } from '../db/unit.js';
import { toLead } from '../leads/lead.js';
import type { DeliveryPlanner } from '../routing/assignment/ports.js';
import type { ContactHours } from './schedule/contact-hours.js';
import { contactWindow, releaseAt } from './schedule/contact-window.js';

/** The channel that wakes the delivery worker. */
export const DELIVERIES_CHANNEL = 'leadloop_deliveries';

/** How long a held delivery waits for a workflow before it goes out by itself. */
const HELD_MS = 10 * 60_000;

/** Looks at a broker's hours once per open or shut stretch instead of once per lead. */
interface Stretch {
  version: number;
  from: number;
  open: boolean;
  changesAt: number;
}

export function contactHoursOf(
  broker: Pick<BrokersTable, 'contact_hours' | 'timezone'>,
): ContactHours {
  const hours = JSON.parse(broker.contact_hours) as Omit<ContactHours, 'timezone'>;
  return { ...hours, timezone: broker.timezone };
}

/** The request's body: the whole lead at the top level and its assignment, frozen here. */
function deliveryBody(lead: LeadsTable): string {
  const { id, assigned_broker_id, assigned_order_id, ...rest } = toLead(lead);
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

/** Writes the outbox rows of an assignment: pending, queued until the broker's hours, or held. */
export function createDeliveryPlanner(deps: { store: Store; newId: NewId }): DeliveryPlanner {
  const stretches = new Map<string, Stretch>();

  const stretchOf = (broker: BrokersTable, at: number): Stretch => {
    const known = stretches.get(broker.id);
    if (known?.version === broker.version && at >= known.from && at < known.changesAt) return known;
    const window = contactWindow(contactHoursOf(broker), at);
    const fresh = {
      version: broker.version,
      from: at,
      open: window.open,
      changesAt: window.changes_at ?? Infinity,
    };
    if (stretches.size > 10_000) stretches.clear();
    stretches.set(broker.id, fresh);
    return fresh;
  };

  return {
    channel: DELIVERIES_CHANNEL,
    plan({ lead, broker, at, hold }) {
      if (broker.crm_webhook_url === null) return [];
      let status: DeliveriesTable['status'] = 'pending';
      let release: number | null = null;
      let reason: string | null = null;
      if (hold) {
        status = 'held';
        release = at + HELD_MS;
        reason = 'held_for_workflow';
      } else if (!stretchOf(broker, at).open) {
        status = 'queued';
        release = releaseAt(contactHoursOf(broker), at);
        reason = 'outside_contact_hours';
      }
      return [
        {
          id: deps.newId(),
          lead_id: lead.id,
          broker_id: broker.id,
          order_id: lead.assigned_order_id ?? '',
          channel: 'crm_webhook',
          status,
          reason_code: reason,
          release_at: release === null ? null : iso(release),
          next_attempt_at: status === 'pending' ? iso(at) : null,
          body: deliveryBody(lead),
          attempts_made: 0,
          sent_at: null,
          created_at: iso(at),
          updated_at: iso(at),
        },
      ];
    },
    *cancelUnsent(leadId, at): Unit<void> {
      yield* run(
        deps.store.db
          .updateTable('deliveries')
          .set({
            status: 'cancelled',
            reason_code: 'reassigned',
            next_attempt_at: null,
            release_at: null,
            updated_at: iso(at),
          })
          .where('lead_id', '=', leadId)
          .where('status', 'in', ['pending', 'queued', 'held']),
      );
    },
  };
}
