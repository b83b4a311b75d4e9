import type { Reader } from '../../db/reader.js';
import { createPeriods } from '../../orders/period.js';
import { countAssigned, countLeads, readLeads } from './read-leads.js';
import { createReplay } from './replay.js';
import { proposedOrders, startingOrders } from './starting-orders.js';
import { Tally } from './tally.js';
import { Track } from './track.js';
import type { BacktestPlan, BacktestResult, Difference } from './types.js';

/** How far a run is, and what it has found since the last report. */
export interface BacktestReport {
  leadsDone: number;
  leadsTotal: number;
  differences: Difference[];
}

/** Differences of one report: what one write takes. */
const BATCH = 500;
/** Reports without differences: each hundredth part of the leads, or so many leads. */
const REPORTS = 100;

/** Whether the live orders take part, and do not only lend their names. */
function usesLive({ orders, compare_with }: BacktestPlan): boolean {
  return orders === null || compare_with === 'current_orders';
}

/**
 * Replays the leads of a plan. Reads only, page by page, and waits for each report to be taken before
 * it goes on, so that neither leads nor differences gather in memory.
 */
export async function runBacktest(
  reader: Reader,
  plan: BacktestPlan,
  report: (report: BacktestReport) => Promise<void>,
): Promise<BacktestResult> {
  const periods = createPeriods(plan.replay.timezone);
  const period = periods.of(plan.from);
  const leadsTotal = await countLeads(reader, plan);
  const counted =
    plan.start === 'history' && usesLive(plan)
      ? await countAssigned(reader, plan.from, period)
      : new Map<string, never>();
  const started = startingOrders(plan, counted, period);
  const proposed = new Track(proposedOrders(plan, started), plan.proposed_rules);
  const baseline =
    plan.compare_with === 'current_orders' ? new Track(started, plan.baseline_rules) : null;

  const tally = new Tally();
  let found: Difference[] = [];
  const replay = createReplay({
    tracks: baseline === null ? [proposed] : [baseline, proposed],
    rules: plan.replay,
    periods,
    from: plan.from,
    to: plan.to,
    settled: (lead, outcomes) => {
      const before = baseline === null ? lead.decided : outcomes[0];
      const after = outcomes.at(-1);
      if (before === undefined || after === undefined) throw new Error('A lead has no outcome.');
      const difference = tally.add(lead, before, after);
      if (difference !== null) found.push(difference);
    },
  });

  let leadsDone = 0;
  let reported = 0;
  const flush = async (): Promise<void> => {
    const differences = found;
    found = [];
    for (let at = 0; at < Math.max(1, differences.length); at += BATCH) {
      await report({ leadsDone, leadsTotal, differences: differences.slice(at, at + BATCH) });
    }
    reported = leadsDone;
  };

  await flush();
  for await (const page of readLeads(reader, plan)) {
    for (const lead of page) replay.arrive(lead);
    leadsDone += page.length;
    if (found.length >= BATCH || leadsDone - reported >= leadsTotal / REPORTS) await flush();
  }
  replay.finish();
  await flush();
  return tally.result(baseline, proposed, plan.live);
}
