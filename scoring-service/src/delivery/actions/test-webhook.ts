import { iso } from '../../core/clock.js';
import { conflict, notFound } from '../../core/errors.js';
import { first } from '../../db/unit.js';
import type { Channel } from '../channels/channel.js';
import type { Attempt } from '../delivery-schema.js';
import { classifyOutcome } from '../retry/outcome.js';
import { liveSecrets } from '../secrets.js';
import type { DeliveryActionDeps } from './deps.js';

/** A payload of the shape of a delivery that nobody can take for a lead. */
function testBody(brokerId: string, at: number): string {
  return JSON.stringify({
    test: true,
    message: 'This is a test of the webhook, not a lead.',
    lead_id: null,
    order_id: null,
    broker_id: brokerId,
    id: null,
    kind: 'distribution',
    status: 'assigned',
    first_name: 'Test',
    last_name: 'Lead',
    name: 'Test Lead',
    business_name: 'Test Company',
    email: 'test@example.com',
    phone: '+12025550123',
    state: 'NY',
    vertical: 'Test',
    credit_score: 700,
    funding_amount: 50000,
    assigned_at: iso(at),
  });
}

/**
 * Posts a marked test payload to a broker's URL, signed as deliveries are, and tells how it went.
 * It is no delivery: it changes nothing, and hours, pauses and the breaker do not apply.
 * Errors: 404; 409 `no_webhook_url`.
 */
export async function testWebhook(
  { store, runtime }: DeliveryActionDeps,
  channel: Channel,
  brokerId: string,
): Promise<Attempt & { webhook_id: string }> {
  const at = runtime.clock.now();
  const { broker, secrets } = await store.unit(function* () {
    const row = yield* first(
      store.db
        .selectFrom('brokers')
        .select(['crm_webhook_url', 'crm_headers'])
        .where('id', '=', brokerId),
    );
    const live = yield* liveSecrets(store, [brokerId], at);
    return { broker: row, secrets: live.get(brokerId) ?? [] };
  });
  if (broker === undefined) throw notFound('broker', brokerId);
  if (broker.crm_webhook_url === null) {
    throw conflict('no_webhook_url', 'The broker has no crm_webhook_url.');
  }
  const id = runtime.newId();
  const post = await channel.send({
    id,
    body: testBody(brokerId, at),
    destination: {
      url: broker.crm_webhook_url,
      extraHeaders: JSON.parse(broker.crm_headers) as Record<string, string>,
      secrets,
    },
    at,
  });
  return {
    webhook_id: id,
    at: iso(at),
    duration_ms: post.duration_ms,
    http_status: post.status,
    outcome: classifyOutcome(post).error_class ?? 'sent',
    error_detail: post.error_detail,
    response_excerpt: post.response_excerpt,
  };
}
