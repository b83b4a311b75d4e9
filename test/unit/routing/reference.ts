import type {
  RoutingLead,
  RoutingOrder,
} from '../../../scoring-service/src/routing/engine/index.js';

/** The rules written out plainly, order by order, with nothing shared with the engine. */

export interface Plain {
  order: RoutingOrder;
  failed: string[];
  parts: number[];
  total: number;
  fill: number;
}

const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

export function plainFailures(lead: RoutingLead, order: RoutingOrder): string[] {
  const failed: string[] = [];
  const { credit_score: credit, funding_amount: amount } = lead;
  const min = order.credit_score_min;
  if (order.status !== 'active') failed.push('order_not_active');
  if (order.broker_status !== 'active') failed.push('broker_not_active');
  if (order.leads_remaining <= 0 && !order.bonus_mode) failed.push('no_capacity');
  const vertical = lead.vertical !== null && lead.vertical.trim() !== '' ? lead.vertical : null;
  const takesAll = order.verticals.some((v) => same(v, 'All'));
  const listed = vertical !== null && order.verticals.some((v) => same(v, vertical));
  if (!takesAll && !listed) failed.push('vertical_mismatch');
  if (min !== null && min >= 680 && (credit === null || credit < 680)) {
    failed.push('credit_tier_680');
  }
  if (min !== null && min >= 600 && (credit === null || credit < min)) {
    failed.push('credit_below_minimum');
  }
  if (order.loan_min && amount !== null && amount < order.loan_min) {
    failed.push('loan_below_minimum');
  }
  if (order.loan_max && amount !== null && amount > order.loan_max) {
    failed.push('loan_above_maximum');
  }
  return failed;
}

export function plainParts(lead: RoutingLead, order: RoutingOrder): number[] {
  const { credit_score: credit, funding_amount: amount } = lead;
  const min = order.credit_score_min;
  const fill = order.leads_delivered / order.total_leads;
  const between = (value: number, top: number) => Math.min(top, Math.max(0, value));

  let creditFit: number;
  if (credit === null) creditFit = 0;
  else if (min === null) creditFit = 40;
  else if (min >= 850) creditFit = 0;
  else creditFit = between(((credit - min) / (850 - min)) * 40, 40);

  let tier = 0;
  if (credit !== null && min !== null) {
    if (credit >= 680 && min >= 680) tier = 20;
    else if (credit >= 600 && credit < 680 && min >= 600 && min < 680) tier = 20;
    else if (credit >= 680 && min >= 600 && min < 680) tier = 10;
  }

  let loan = 10;
  if (order.loan_min && (amount === null || amount < order.loan_min)) loan = 0;
  if (order.loan_max && (amount === null || amount > order.loan_max)) loan = 0;

  return [
    creditFit,
    between((1 - fill) * 30, 30),
    tier,
    loan,
    order.priority === 'high' ? 8 : 0,
    fill > 0.8 ? 5 : fill < 0.1 ? -5 : 0,
  ];
}

/** Every order considered, winner first, then by rank, then the ineligible ones by id. */
export function plainConsidered(lead: RoutingLead, orders: readonly RoutingOrder[]): Plain[] {
  const all = orders.map((order) => {
    const failed = plainFailures(lead, order);
    const parts = failed.length === 0 ? plainParts(lead, order) : [0, 0, 0, 0, 0, 0];
    const total = parts.reduce((sum, part) => sum + part, 0);
    return { order, failed, parts, total, fill: order.leads_delivered / order.total_leads };
  });
  const byId = (a: Plain, b: Plain) => (a.order.id < b.order.id ? -1 : 1);
  const byRank = (a: Plain, b: Plain) => {
    const difference = Math.round(b.total * 1e9) - Math.round(a.total * 1e9);
    if (difference !== 0) return difference;
    if (a.fill !== b.fill) return a.fill - b.fill;
    const lastA = a.order.last_assigned_at;
    const lastB = b.order.last_assigned_at;
    if (lastA !== lastB) {
      if (lastA === null) return -1;
      if (lastB === null) return 1;
      return lastA - lastB;
    }
    return byId(a, b);
  };
  return [
    ...all.filter((p) => p.failed.length === 0).sort(byRank),
    ...all.filter((p) => p.failed.length > 0).sort(byId),
  ];
}
