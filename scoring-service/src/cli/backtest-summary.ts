import { LIMITS, type BacktestRequest } from '../routing/backtest/answer-schema.js';
import type { BacktestResult } from '../routing/backtest/types.js';

/** Columns of equal width; all but the first are set to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_cell, c) =>
    Math.max(...rows.map((row) => (row[c] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const fillOf = (fill: BacktestResult['orders'][number]['proposed']): string =>
  fill === null ? '-' : `${fill.leads_delivered}/${fill.total_leads} ${fill.status}`;

/** The result in lines for people. */
export function summaryOf(request: BacktestRequest, result: BacktestResult): string[] {
  const { totals, differences } = result;
  const baseline = request.compare_with === 'history' ? 'decided' : 'current';
  const counts = (['assigned', 'unassigned', 'rejected'] as const).map((status) => [
    status,
    String(totals.baseline[status]),
    String(totals.proposed[status]),
  ]);
  const orders = result.orders.map((order) => [
    order.name ?? order.order_id,
    String(order.baseline_assigned),
    String(order.proposed_assigned),
    fillOf(order.proposed),
    order.proposed?.first_completed_at ?? '',
  ]);
  return [
    `${result.leads} leads from ${request.from} up to ${request.to}, counters from ${request.start}`,
    '',
    ...table([['', baseline, 'backtest'], ...counts]),
    '',
    `${differences.total} leads go another way: ${differences.changed_winner} to another order, ` +
      `${differences.newly_assigned} newly assigned, ${differences.newly_unassigned} newly unassigned, ` +
      `${differences.changed_reason} with another reason`,
    '',
    ...table([['order', baseline, 'backtest', 'at the end', 'first full'], ...orders]),
    '',
    ...LIMITS.map((limit) => `Note: ${limit}`),
  ];
}
