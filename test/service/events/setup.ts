import {
  recordEvents,
  type EventType,
  type NewEvent,
} from '../../../scoring-service/src/events/events.js';
import type { Unit } from '../../../scoring-service/src/db/unit.js';
import type { FakeCrm } from '../../fakes/crm.js';
import type { TestService } from '../../support/service.js';

export interface EventBody {
  id: string;
  type: string;
  occurred_at: string;
  data: Record<string, unknown>;
}

export interface SubscriptionBody {
  id: string;
  url: string;
  events: string[];
  status: string;
  end_reason: string | null;
  expires_at: string | null;
  failing_since: string | null;
  last_failure: string | null;
  created_at: string;
  secret: string;
}

export interface StreamBody {
  data: EventBody[];
  next_cursor: string;
}

/** Subscribes a receiver; to `lead.created` unless told. */
export async function subscribe(
  service: TestService,
  receiver: Pick<FakeCrm, 'url'>,
  events: EventType[] = ['lead.created'],
  path = '/hook',
): Promise<SubscriptionBody> {
  const { status, body } = await service.post<SubscriptionBody>('/api/subscriptions', {
    url: receiver.url(path),
    events,
  });
  if (status !== 201) throw new Error(`Expected 201, got ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Records events as the service's units do. */
export async function emit(service: TestService, ...events: NewEvent[]): Promise<void> {
  const { store, runtime } = service;
  await store.unit(function* (): Unit<void> {
    yield* recordEvents(events, runtime.clock.now(), runtime.newId);
  });
}

/** `count` events in one unit, numbered from `from` on. */
export function emitMany(
  service: TestService,
  count: number,
  type: EventType = 'lead.created',
  from = 0,
): Promise<void> {
  const event = (n: number): NewEvent => ({
    type,
    data: { lead_id: `lead-${from + n}`, n: from + n },
  });
  return emit(service, ...Array.from({ length: count }, (_unused, n) => event(n)));
}

export async function readStream(service: TestService, query = ''): Promise<StreamBody> {
  const { status, body } = await service.get<StreamBody>(`/api/events${query}`);
  if (status !== 200) throw new Error(`Expected 200, got ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** What a receiver got, as events. */
export const received = (receiver: FakeCrm): EventBody[] =>
  receiver.requests.map((request) => JSON.parse(request.body) as EventBody);

/** The numbers of the events that a receiver got, in the order of arrival. */
export const numbers = (receiver: FakeCrm): unknown[] =>
  received(receiver).map((event) => event.data.n);

export const webhookIds = (receiver: FakeCrm): (string | undefined)[] =>
  receiver.requests.map((request) => request.headers['webhook-id']);

/** Rows that are still to be handed on. */
export async function waitingHandOns(service: TestService): Promise<number> {
  const row = await service.store.db
    .selectFrom('hand_ons')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_unused, n) => n);
