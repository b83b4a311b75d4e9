import { readFileSync } from 'node:fs';

export interface Considered {
  order_id: string;
  eligible: boolean;
  reason: string | null;
  failed_filters: string[];
  score: Record<string, number>;
  fill_rate: number;
  selected: boolean;
}

export interface CaseOrder {
  id: string;
  status: 'active' | 'paused' | 'completed' | 'cancelled';
  broker_status: 'active' | 'paused';
  verticals: string[];
  credit_score_min: number | null;
  loan_min: number | null;
  loan_max: number | null;
  total_leads: number;
  leads_delivered: number;
  leads_remaining: number;
  bonus_mode: boolean;
  priority: 'normal' | 'high';
  last_assigned_at: string | null;
}

export interface RoutingCase {
  name: string;
  lead: { credit_score?: number | null; funding_amount?: number | null; vertical?: string | null };
  orders: CaseOrder[];
  expect: {
    preflight: { passed: boolean; reason: string | null };
    status: string;
    order_id: string | null;
    considered: Considered[];
  };
}

/** Cases worked out by an independent implementation of the routing rules. */
export const routingCases = JSON.parse(
  readFileSync(new URL('../fixtures/routing-cases.json', import.meta.url), 'utf8'),
) as RoutingCase[];

/** Entry by entry, in order: words equal, numbers within 1e-9. */
export function expectConsidered(got: readonly Considered[], want: readonly Considered[]): void {
  const words = ({ order_id, eligible, reason, failed_filters, selected }: Considered) => ({
    order_id,
    eligible,
    reason,
    failed_filters,
    selected,
  });
  expect(got.map(words)).toEqual(want.map(words));
  want.forEach((wanted, index) => {
    const entry = got[index];
    if (entry === undefined) throw new Error('The lengths were compared above.');
    expect(Object.keys(entry.score).sort()).toEqual(Object.keys(wanted.score).sort());
    for (const [component, points] of Object.entries(wanted.score)) {
      expect(Math.abs((entry.score[component] ?? NaN) - points)).toBeLessThanOrEqual(1e-9);
    }
    expect(Math.abs(entry.fill_rate - wanted.fill_rate)).toBeLessThanOrEqual(1e-9);
  });
}
