import { z } from 'zod';

import type { ProvidersTable } from '../db/tables/messages.js';
import type { Store } from '../db/store.js';
import { rolling, successRate, type Outcome } from './health-rules.js';
import type { Refusals } from './refusals.js';

/** Providers by name, and what keeps each from being used; null when nothing does. */
export type Known = Readonly<Record<string, string | null>>;

const nullable = z.string().nullable();

export const providerSchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'degraded', 'paused', 'not_configured']),
  reason: nullable,
  paused_at: nullable,
  paused_by: z.unknown(),
  /** Of the calls that count (the last 20 of ten minutes), 0 to 1; null without any. */
  success_rate: z.number().nullable(),
  calls: z.number(),
  last_success_at: nullable,
  last_failure_at: nullable,
  last_failure_code: nullable,
  next_probe_at: nullable,
  /** Webhooks refused for want of a proof, since this process started. */
  refused_webhooks: z.number(),
});

export type Provider = z.output<typeof providerSchema>;

/** A provider as the API shows it. `missing` says what is not configured. */
export function toProvider(
  row: ProvidersTable,
  missing: string | null,
  refused: number,
  now: number,
): Provider {
  const outcomes = rolling(JSON.parse(row.outcomes) as Outcome[], now);
  const paused = row.paused === 'auto' ? 'degraded' : row.paused === 'manual' ? 'paused' : null;
  return {
    name: row.name,
    status: paused ?? (missing === null ? 'ok' : 'not_configured'),
    reason: row.reason ?? missing,
    paused_at: row.paused_at,
    paused_by: row.paused_by === null ? null : (JSON.parse(row.paused_by) as unknown),
    success_rate: successRate(outcomes),
    calls: outcomes.length,
    last_success_at: row.last_success_at,
    last_failure_at: row.last_failure_at,
    last_failure_code: row.last_failure_code,
    next_probe_at: row.next_probe_at,
    refused_webhooks: refused,
  };
}

const untouched = (name: string): ProvidersTable => ({
  name,
  paused: null,
  paused_at: null,
  paused_by: null,
  reason: null,
  outcomes: '[]',
  last_success_at: null,
  last_failure_at: null,
  last_failure_code: null,
  next_probe_at: null,
  probes: 0,
  updated_at: '',
});

/** Every provider of our own, and each broker's CRM by its breaker. */
export async function listProviders(
  store: Store,
  known: Known,
  refusals: Refusals,
  now: number,
): Promise<Provider[]> {
  const rows = await store.db.selectFrom('providers').selectAll().execute();
  const crms = await store.db
    .selectFrom('broker_delivery_states')
    .selectAll()
    .orderBy('id')
    .limit(1000)
    .execute();
  return [
    ...Object.keys(known).map((name) =>
      toProvider(
        rows.find((row) => row.name === name) ?? untouched(name),
        known[name] ?? null,
        refusals.of(name),
        now,
      ),
    ),
    ...crms.map((state): Provider => ({
      ...toProvider(untouched(`crm:${state.id}`), null, 0, now),
      status: state.breaker_phase === 'closed' ? 'ok' : 'degraded',
      reason:
        state.breaker_phase === 'closed'
          ? null
          : `${state.consecutive_failures} deliveries failed in a row`,
      last_failure_at: state.failing_since,
      next_probe_at: state.breaker_until,
    })),
  ];
}
