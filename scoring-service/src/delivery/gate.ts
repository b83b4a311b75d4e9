import { iso } from '../core/clock.js';
import type { DeliveriesTable } from '../db/tables/deliveries.js';
import type { BrokersTable } from '../db/tables/orders.js';
import type { ContactHours } from '../hours/contact-hours.js';
import { contactWindow } from '../hours/contact-window.js';
import { NEVER } from './moments.js';

export type ShutReason =
  'all_deliveries_paused' | 'deliveries_paused' | 'no_webhook_url' | 'outside_contact_hours';

/** Why nothing may be sent to a broker now. */
export interface Shut {
  reason: ShutReason;
  /** When that ends by itself, epoch milliseconds; null: it does not. */
  releaseAt: number | null;
}

export type GatedBroker = Pick<
  BrokersTable,
  'id' | 'version' | 'contact_hours' | 'timezone' | 'crm_webhook_url' | 'deliveries_paused'
>;

export interface Gate {
  /**
   * Null when the broker may be sent to at `at` (epoch milliseconds). The broker must be as it is
   * committed: hours are remembered by id and version.
   */
  shut(broker: GatedBroker, at: number, allPaused: boolean): Shut | null;
}

/** One open or shut stretch of a broker's hours. */
interface Stretch {
  version: number;
  from: number;
  open: boolean;
  changesAt: number | null;
}

const MAX_REMEMBERED = 10_000;

export function contactHoursOf(
  broker: Pick<BrokersTable, 'contact_hours' | 'timezone'>,
): ContactHours {
  const hours = JSON.parse(broker.contact_hours) as Omit<ContactHours, 'timezone'>;
  return { ...hours, timezone: broker.timezone };
}

function shutBy(
  broker: GatedBroker,
  allPaused: boolean,
  hours: () => { open: boolean; changesAt: number | null },
): Shut | null {
  if (allPaused) return { reason: 'all_deliveries_paused', releaseAt: null };
  if (broker.deliveries_paused === 1) return { reason: 'deliveries_paused', releaseAt: null };
  if (broker.crm_webhook_url === null) return { reason: 'no_webhook_url', releaseAt: null };
  const { open, changesAt } = hours();
  return open ? null : { reason: 'outside_contact_hours', releaseAt: changesAt };
}

/** As {@link Gate.shut}, for a broker that is just being changed: nothing is remembered of it. */
export function shutAfterChange(broker: GatedBroker, at: number, allPaused: boolean): Shut | null {
  return shutBy(broker, allPaused, () => {
    const { open, changes_at } = contactWindow(contactHoursOf(broker), at);
    return { open, changesAt: changes_at };
  });
}

/** A gate that looks at a broker's hours once per open or shut stretch instead of once per lead. */
export function createGate(): Gate {
  const stretches = new Map<string, Stretch>();

  const stretchOf = (broker: GatedBroker, at: number): Stretch => {
    const known = stretches.get(broker.id);
    if (
      known?.version === broker.version &&
      at >= known.from &&
      (known.changesAt === null || at < known.changesAt)
    ) {
      return known;
    }
    const { open, changes_at } = contactWindow(contactHoursOf(broker), at);
    const fresh = { version: broker.version, from: at, open, changesAt: changes_at };
    if (stretches.size >= MAX_REMEMBERED) stretches.clear();
    stretches.set(broker.id, fresh);
    return fresh;
  };

  return {
    shut: (broker, at, allPaused) => shutBy(broker, allPaused, () => stretchOf(broker, at)),
  };
}

/** The columns of a delivery that waits behind a shut gate. */
export function queuedColumns(shut: Shut, at: number) {
  const releaseAt = shut.releaseAt === null ? null : iso(shut.releaseAt);
  return {
    status: 'queued',
    reason_code: shut.reason,
    release_at: releaseAt,
    due_at: releaseAt ?? NEVER,
    next_attempt_at: null,
    claim_id: null,
    again: 0,
    updated_at: iso(at),
  } satisfies Partial<DeliveriesTable>;
}

/** The columns of a delivery that may go out from `dueAt` on. */
export function pendingColumns(at: number, dueAt: string = iso(at)) {
  return {
    status: 'pending',
    reason_code: null,
    release_at: null,
    due_at: dueAt,
    next_attempt_at: iso(at),
    claim_id: null,
    again: 0,
    updated_at: iso(at),
  } satisfies Partial<DeliveriesTable>;
}

/** The columns of a delivery that is not to be sent any more. */
export function cancelledColumns(reason: string, at: number) {
  return {
    status: 'cancelled',
    reason_code: reason,
    release_at: null,
    due_at: null,
    next_attempt_at: null,
    again: 0,
    updated_at: iso(at),
  } satisfies Partial<DeliveriesTable>;
}
