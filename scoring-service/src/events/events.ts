import { iso, type NewId } from '../core/clock.js';
import { insertMany, notify, type Unit } from '../db/unit.js';

export const EVENT_TYPES = [
  'lead.created',
  'lead.assigned',
  'lead.unassigned',
  'lead.rejected',
  'delivery.sent',
  'delivery.failed',
  'broker.breaker_opened',
  'broker.breaker_closed',
  'task.created',
  'task.escalated',
  'task.completed',
  'message.received',
  'message.failed',
  'qualification.completed',
  'appointment.booked',
  'appointment.changed',
  'provider.degraded',
  'provider.recovered',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

export interface NewEvent {
  type: EventType;
  data: Record<string, unknown>;
}

/** The channel that wakes whoever hands events on. */
export const EVENTS_CHANNEL = 'leadloop_events';

/** Appends events in the unit of what they tell about. */
export function* recordEvents(events: readonly NewEvent[], at: number, newId: NewId): Unit<void> {
  if (events.length === 0) return;
  yield* insertMany(
    'events',
    events.map((event) => ({
      id: newId(),
      type: event.type,
      occurred_at: iso(at),
      data: JSON.stringify(event.data),
    })),
  );
  yield* notify(EVENTS_CHANNEL);
}
