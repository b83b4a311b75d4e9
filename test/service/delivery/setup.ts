import { Webhook } from 'standardwebhooks';

import type { DatabaseName } from '../../support/databases.js';
import {
  intake,
  makeBroker,
  makeOrder,
  type BrokerBody,
  type IntakeBody,
} from '../../support/builders.js';
import {
  startTestService,
  type TestService,
  type TestServiceOptions,
} from '../../support/service.js';
import type { CrmRequest, FakeCrm } from '../../fakes/crm.js';

export interface AttemptBody {
  at: string;
  duration_ms: number;
  http_status: number | null;
  outcome: string;
  error_detail: string | null;
  response_excerpt: string | null;
}

export interface DeliveryBody {
  id: string;
  lead_id: string;
  broker_id: string;
  order_id: string;
  channel: string;
  status: string;
  reason_code: string | null;
  release_at: string | null;
  next_attempt_at: string | null;
  attempts: AttemptBody[];
  sent_at: string | null;
  failed_at: string | null;
}

/** A service that may call out to loopback. Its worker runs only when told, unless `start` is set. */
export async function startDeliveryService(
  database: DatabaseName,
  options: TestServiceOptions & { start?: boolean } = {},
): Promise<TestService> {
  const service = await startTestService(database, {
    ...options,
    env: { EGRESS_ALLOW_CIDRS: '127.0.0.0/8', ...options.env },
  });
  if (options.start === true) service.service.start();
  return service;
}

/** A broker whose CRM is the receiver, and an order that only this broker's vertical fits. */
export async function makeReceiver(
  service: TestService,
  crm: Pick<FakeCrm, 'url'>,
  fields: Record<string, unknown> = {},
): Promise<BrokerBody & { vertical: string }> {
  const broker = await makeBroker(service, { crm_webhook_url: crm.url(), ...fields });
  const vertical = `vertical ${broker.id}`;
  await makeOrder(service, { broker_id: broker.id, verticals: [vertical], total_leads: 100_000 });
  return { ...broker, vertical };
}

/** Assigns a lead to the broker; the id of its delivery. */
export async function assign(
  service: TestService,
  broker: { vertical: string },
  fields: Record<string, unknown> = {},
): Promise<string> {
  return deliveryIdOf(await intake(service, { vertical: broker.vertical, ...fields }));
}

/** As {@link assign}, for a workflow that hands the lead over itself. */
export async function assignHeld(
  service: TestService,
  broker: { vertical: string },
): Promise<string> {
  const answer = await service.post<IntakeBody>('/api/leads/incoming?delivery=hold', {
    ghl_contact_id: `held-${service.runtime.newId()}`,
    vertical: broker.vertical,
    credit_score: 700,
    funding_amount: 50_000,
  });
  return deliveryIdOf(answer.body);
}

function deliveryIdOf(body: IntakeBody): string {
  const id = body.assignment?.delivery_ids?.[0];
  if (id === undefined) throw new Error(`No delivery: ${JSON.stringify(body)}`);
  return id;
}

export async function readDelivery(service: TestService, id: string): Promise<DeliveryBody> {
  const { status, body } = await service.get<DeliveryBody>(`/api/deliveries/${id}`);
  if (status !== 200) throw new Error(`Expected 200, got ${status}`);
  return body;
}

export async function eventsOf(
  service: TestService,
  ...types: string[]
): Promise<{ type: string; data: Record<string, unknown> }[]> {
  const rows = await service.store.db
    .selectFrom('events')
    .select(['type', 'data'])
    .orderBy('seq')
    .execute();
  return rows
    .filter(({ type }) => types.includes(type))
    .map(({ type, data }) => ({ type, data: JSON.parse(data) as Record<string, unknown> }));
}

/**
 * Verifies a request with the reference library, which knows no clock but the machine's: the
 * machine's is put at the service's time meanwhile. Throws when it is not valid.
 */
export function verifySigned(request: CrmRequest, secret: string, now: number): unknown {
  const real = Date.now;
  Date.now = () => now;
  try {
    return new Webhook(secret).verify(request.body, request.headers);
  } finally {
    Date.now = real;
  }
}
