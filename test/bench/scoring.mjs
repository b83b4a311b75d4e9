/**
 * How long the routing engine takes to score one lead against many orders with the full breakdown,
 * and whether memory stays flat. Build first, then: node test/bench/scoring.mjs
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  createScratch,
  decide,
  DEFAULT_RULES,
  expandDecision,
  prepareOrder,
  OrderBook,
} from '../../scoring-service/dist/routing/engine/index.js';

const ORDERS = 1000;
const LEADS = 100_000;
const VERTICALS = ['MCA', 'Equipment', 'SBA', 'Real Estate', 'Line of Credit', 'Factoring'];

/** A small repeatable random source (xorshift, 32 bits), so that every run scores the same data. */
function randomSource(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

function makeOrders(count, random) {
  const pick = (values) => values[Math.floor(random() * values.length)];
  return Array.from({ length: count }, (_, i) => {
    const total = pick([10, 25, 50, 100, 250]);
    const delivered = Math.floor(random() * (total + 1));
    return {
      id: `order-${String(i).padStart(5, '0')}`,
      status: 'active',
      broker_status: random() < 0.05 ? 'paused' : 'active',
      verticals: random() < 0.35 ? ['All'] : VERTICALS.filter(() => random() < 0.6),
      credit_score_min: pick([null, null, 550, 600, 620, 640, 680, 700]),
      loan_min: pick([null, 0, 5000, 10000, 25000]),
      loan_max: pick([null, 0, 100000, 250000, 500000]),
      total_leads: total,
      leads_delivered: delivered,
      leads_remaining: total - delivered,
      bonus_mode: random() < 0.1,
      priority: random() < 0.2 ? 'high' : 'normal',
      last_assigned_at: random() < 0.2 ? null : 1_760_000_000_000 + Math.floor(random() * 1e9),
    };
  });
}

function makeLeads(count, random) {
  return Array.from({ length: count }, () => ({
    credit_score: random() < 0.1 ? null : 620 + Math.floor(random() * 200),
    funding_amount: 8000 + Math.floor(random() * 120000),
    vertical: random() < 0.03 ? null : VERTICALS[Math.floor(random() * VERTICALS.length)],
  }));
}

function collector() {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

function timeLeads(leads, rounds, one) {
  const started = performance.now();
  for (let n = 0; n < rounds; n++) one(leads[n % leads.length]);
  return ((performance.now() - started) * 1000) / rounds;
}

const round = (value) => Math.round(value * 100) / 100;

/** Scores 100,000 leads against 1,000 orders and reports microseconds per lead and memory growth. */
export async function benchScoring({ orders = ORDERS, rounds = LEADS } = {}) {
  const random = randomSource(20_240_229);
  const prepared = makeOrders(orders, random).map(prepareOrder);
  const leads = makeLeads(1009, random);
  const book = OrderBook.of(prepared);
  const scratch = createScratch();
  const gc = collector();

  let eligible = 0;
  for (const lead of leads) {
    const { masks } = decide(lead, book, DEFAULT_RULES);
    for (const mask of masks) if (mask === 0) eligible++;
  }
  const reusing = (lead) => decide(lead, book, DEFAULT_RULES, { into: scratch });
  timeLeads(leads, 5000, reusing);

  gc();
  const before = process.memoryUsage();
  const usPerLead = timeLeads(leads, rounds, reusing);
  gc();
  const after = process.memoryUsage();

  const fresh = (lead) => decide(lead, book, DEFAULT_RULES);
  timeLeads(leads, 2000, fresh);
  const usFresh = timeLeads(leads, rounds / 5, fresh);
  const usWithBook = timeLeads(leads, rounds / 20, (lead) =>
    decide(lead, OrderBook.of(prepared), DEFAULT_RULES, { into: scratch }),
  );
  const decision = decide(leads[0], book, DEFAULT_RULES);
  const started = performance.now();
  expandDecision(decision, book, leads[0], DEFAULT_RULES);
  const msExplain = performance.now() - started;

  return {
    name: 'scoring',
    orders,
    leads: rounds,
    eligible_share: round(eligible / (leads.length * orders)),
    us_per_lead: round(usPerLead),
    us_per_lead_fresh_arrays: round(usFresh),
    us_per_lead_with_new_book: round(usWithBook),
    ms_first_explanation: round(msExplain),
    heap_growth_bytes: after.heapUsed - before.heapUsed,
    array_buffer_growth_bytes: after.arrayBuffers - before.arrayBuffers,
  };
}

if (import.meta.main) console.log(JSON.stringify(await benchScoring(), null, 2));
