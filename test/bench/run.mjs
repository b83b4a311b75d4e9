/**
 * `npm run bench [name …]`: every benchmark, or the named ones, with what it must reach. Ratios are
 * measured in one run; absolute figures say something about this machine only.
 */
import { cpus } from 'node:os';

import { benchDashboard } from './dashboard.mjs';
import { benchDelivery } from './delivery.mjs';
import { benchEvents } from './events.mjs';
import { benchGrowth } from './growth.mjs';
import { benchIntake } from './intake.mjs';
import { benchMatching } from './matching.mjs';
import { benchMissedCall } from './missed-call.mjs';
import { benchN8n } from './n8n.mjs';
import { benchNodes } from './nodes.mjs';
import { benchScoring } from './scoring.mjs';

const BENCHES = {
  scoring: {
    run: benchScoring,
    reach: [['1,000 orders with full breakdown, µs per lead', (r) => r.us_per_lead, '<=', 60]],
  },
  intake: {
    run: benchIntake,
    reach: [
      ['durable intake / hand-written group commit', (r) => r.ratio_to_baseline, '>=', 0.5],
      ['durable intake / one commit per request', (r) => r.ratio_to_commit_per_request, '>=', 2],
    ],
  },
  delivery: {
    run: benchDelivery,
    reach: [
      ['assignment to first byte at 50 leads/s, p99 ms', (r) => r.latency.p99_ms, '<=', 100],
      ['deliveries a second with attempts', (r) => r.best_per_second, '>=', 1000],
      ['nine brokers beside a dead one / alone', (r) => r.ratio_beside_dead, '>=', 0.9],
    ],
  },
  growth: {
    run: benchGrowth,
    reach: [['cost per lead, 200,000 stored / 1,000 stored', (r) => r.ratio, '<=', 1.3]],
  },
  'missed-call': {
    run: benchMissedCall,
    reach: [
      ['missed call answered at 100/s, Twilio slow by 2 s, p99 ms', (r) => r.ms.p99, '<=', 50],
    ],
  },
  matching: {
    run: benchMatching,
    reach: [['matching, 500,000 leads stored / 1,000 stored', (r) => r.match.ratio, '<=', 1.3]],
  },
  events: {
    run: benchEvents,
    reach: [['intake with three subscriptions / with none', (r) => r.intake.ratio, '>=', 0.8]],
  },
  nodes: {
    run: benchNodes,
    reach: [
      [
        '500 items through Order Router, times faster than single calls as n8n makes them',
        (r) => r.times_faster.than_single_items,
        '>=',
        10,
      ],
      [
        '… than single calls over one raw connection that is kept',
        (r) => r.times_faster.than_kept_connection,
        '>=',
        10,
      ],
      ['the nodes’ own ms per execution with one item', (r) => r.own_ms_one_item.median, '<=', 5],
    ],
  },
  n8n: {
    run: benchN8n,
    // Installs n8n the first time: minutes.
    onlyNamed: true,
    reach: [['lead-distribution / the same shape without our nodes', (r) => r.ratio, '>=', 0.9]],
  },
  dashboard: {
    run: benchDashboard,
    reach: [['slowest page with 100,000 leads, median ms', (r) => r.slowest_median_ms, '<=', 200]],
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in BENCHES));
if (unknown !== undefined) {
  console.error(
    `There is no benchmark "${unknown}". There are: ${Object.keys(BENCHES).join(', ')}.`,
  );
  process.exit(2);
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}`);
let missed = 0;
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 ? !wanted.includes(name) : bench.onlyNamed) continue;
  console.log(`\n${name}`);
  const result = await bench.run();
  console.log(JSON.stringify(result, null, 2));
  for (const [what, value, sign, bound] of bench.reach) {
    const measured = value(result);
    const reached = sign === '<=' ? measured <= bound : measured >= bound;
    if (!reached) missed += 1;
    console.log(
      `${reached ? 'reached' : 'MISSED '}  ${what}: ${measured.toFixed(2)} (${sign} ${bound})`,
    );
  }
}
process.exitCode = missed === 0 ? 0 : 1;
