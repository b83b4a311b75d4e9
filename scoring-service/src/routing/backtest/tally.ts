import { iso } from '../../core/clock.js';
import type { DifferenceKind } from '../../db/tables/backtests.js';
import type { Track } from './track.js';
import type {
  BacktestOrder,
  BacktestResult,
  Difference,
  OrderFill,
  Outcome,
  ReplayLead,
} from './types.js';

/** How two outcomes differ; null when they are the same. */
export function differenceKind(baseline: Outcome, proposed: Outcome): DifferenceKind | null {
  const was = baseline.status === 'assigned';
  const is = proposed.status === 'assigned';
  if (was && is) return baseline.order_id === proposed.order_id ? null : 'changed_winner';
  if (was) return 'newly_unassigned';
  if (is) return 'newly_assigned';
  const same = baseline.status === proposed.status && baseline.reason_code === proposed.reason_code;
  return same ? null : 'changed_reason';
}

/** The sums over one side. */
class Side {
  readonly totals = { assigned: 0, unassigned: 0, rejected: 0 };
  readonly reasons: Record<string, number> = {};
  readonly byOrder = new Map<string, number>();

  add({ status, order_id, reason_code }: Outcome): void {
    this.totals[status] += 1;
    if (order_id !== null) this.byOrder.set(order_id, (this.byOrder.get(order_id) ?? 0) + 1);
    if (status === 'assigned') return;
    const reason = reason_code ?? 'not_decided';
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
  }
}

/** Adds up settled leads, and says which went another way. */
export class Tally {
  readonly #baseline = new Side();
  readonly #proposed = new Side();
  readonly #kinds: Record<DifferenceKind, number> = {
    changed_winner: 0,
    newly_assigned: 0,
    newly_unassigned: 0,
    changed_reason: 0,
  };
  #leads = 0;

  add(lead: ReplayLead, baseline: Outcome, proposed: Outcome): Difference | null {
    this.#leads += 1;
    this.#baseline.add(baseline);
    this.#proposed.add(proposed);
    const kind = differenceKind(baseline, proposed);
    if (kind === null) return null;
    this.#kinds[kind] += 1;
    const { position, id: lead_id, at } = lead;
    return { position, lead_id, arrived_at: iso(at), kind, baseline, proposed };
  }

  /**
   * The result over both sides.
   * @param baseline its track; null when the baseline is what live routing decided
   * @param live names of orders that only the past knows
   */
  result(baseline: Track | null, proposed: Track, live: readonly BacktestOrder[]): BacktestResult {
    const kinds = this.#kinds;
    const total = Object.values(kinds).reduce((sum, count) => sum + count, 0);
    return {
      leads: this.#leads,
      totals: { baseline: this.#baseline.totals, proposed: this.#proposed.totals },
      reasons: { baseline: this.#baseline.reasons, proposed: this.#proposed.reasons },
      differences: { total, ...kinds },
      orders: this.#orders(baseline?.fills() ?? [], proposed.fills(), live),
    };
  }

  #orders(
    baseline: readonly OrderFill[],
    proposed: readonly OrderFill[],
    live: readonly BacktestOrder[],
  ): BacktestResult['orders'] {
    const before = new Map(baseline.map((fill) => [fill.order_id, fill]));
    const after = new Map(proposed.map((fill) => [fill.order_id, fill]));
    const known = new Map(live.map((order) => [order.id, order]));
    const ids = new Set([...before.keys(), ...after.keys(), ...this.#baseline.byOrder.keys()]);
    return [...ids].sort().map((id) => {
      const named = after.get(id) ?? before.get(id) ?? known.get(id);
      return {
        order_id: id,
        name: named?.name ?? null,
        broker_id: named?.broker_id ?? null,
        baseline_assigned: this.#baseline.byOrder.get(id) ?? 0,
        proposed_assigned: this.#proposed.byOrder.get(id) ?? 0,
        baseline: before.get(id) ?? null,
        proposed: after.get(id) ?? null,
      };
    });
  }
}
