/**
 * What the service is compared with: the least that does the same work by hand. Express, zod and
 * prepared statements; requests that arrive together share one transaction (FULL); each is
 * answered after the commit. Same look-ups, same scores, same rows: lead, source event, decision
 * with every order considered, order counters, delivery, activity, two events.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

import Database from 'better-sqlite3';
import express from 'express';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { v7 } from 'uuid';

import { ADMIN_KEY, BROKERS, orderInput } from './fixture.mjs';
import { z } from '../../scoring-service/node_modules/zod/index.js';

const [, , file, orderCount = '100'] = process.argv;
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.pragma('wal_autocheckpoint = 4000');
db.pragma('cache_size = -65536');
db.exec(`
create table leads (id text primary key, kind text, status text, ghl_contact_id text, first_name text,
  last_name text, business_name text, email text, email_key text, phone text, phone_key text,
  dedupe_key text, state text, vertical text, credit_score integer, funding_amount real,
  funding_purpose text, broker_id text, order_id text, assigned_at text, source text, created_at text);
create unique index leads_by_contact on leads (ghl_contact_id);
create index leads_by_dedupe_key on leads (dedupe_key);
create index leads_by_phone on leads (phone_key);
create index leads_by_broker on leads (broker_id, id);
create index leads_by_order on leads (order_id, id);
create index leads_by_status on leads (status, id);
create table source_events (id text primary key, lead_id text, received_at text, raw text);
create index source_events_by_lead on source_events (lead_id);
create table decisions (id text primary key, lead_id text, at text, status text, order_id text, rows text);
create index decisions_by_lead on decisions (lead_id, id);
create table orders (id text primary key, delivered integer, remaining integer, last_assigned_at text);
create table deliveries (id text primary key, lead_id text, broker_id text, order_id text, status text,
  body text, created_at text);
create index deliveries_by_lead on deliveries (lead_id, id);
create index deliveries_by_broker on deliveries (broker_id, id);
create index deliveries_by_status on deliveries (status, id);
create table activity (id text primary key, at text, action text, subject_id text, after text);
create index activity_by_subject on activity (subject_id, id);
create table events (seq integer primary key autoincrement, id text, type text, at text, data text);
`);

const statements = {
  byContact: db.prepare('select id from leads where ghl_contact_id = ?'),
  byDedupe: db.prepare('select id from leads where dedupe_key = ? limit 1'),
  lead: db.prepare(`insert into leads values (${Array(22).fill('?').join(',')})`),
  source: db.prepare('insert into source_events values (?,?,?,?)'),
  decision: db.prepare('insert into decisions values (?,?,?,?,?,?)'),
  order: db.prepare(
    'update orders set delivered = ?, remaining = ?, last_assigned_at = ? where id = ?',
  ),
  delivery: db.prepare('insert into deliveries values (?,?,?,?,?,?,?)'),
  activity: db.prepare('insert into activity values (?,?,?,?,?)'),
  event: db.prepare('insert into events (id, type, at, data) values (?,?,?,?)'),
  begin: db.prepare('begin immediate'),
  commit: db.prepare('commit'),
  newOrder: db.prepare('insert into orders values (?,?,?,?)'),
};

const brokers = Array.from({ length: BROKERS }, (_unused, i) => ({
  id: v7(),
  name: `Broker ${i}`,
}));
const orders = Array.from({ length: Number(orderCount) }, (_unused, i) => {
  const input = orderInput(i);
  const verticals = input.verticals.map((vertical) => vertical.toLowerCase());
  const order = {
    ...input,
    id: v7(),
    broker: brokers[i % BROKERS],
    all: verticals.includes('all'),
    accepts: new Set(verticals),
    delivered: 0,
    remaining: input.total_leads,
    last: null,
  };
  statements.newOrder.run(order.id, 0, order.remaining, null);
  return order;
});

const text = (max) => z.string().trim().min(1).max(max).optional();
const schema = z.object({
  ghl_contact_id: z.string().trim().min(1).max(255),
  first_name: text(200),
  last_name: text(200),
  business_name: text(200),
  email: z.email().optional(),
  phone: z.string().trim().min(7).max(50).optional(),
  vertical: text(100),
  credit_score: z
    .union([z.int().min(300).max(850), z.string().regex(/^\d+$/).transform(Number)])
    .optional(),
  funding_amount: z.number().optional(),
  funding_purpose: text(2000),
  state: text(100),
});

function clamp(value, max) {
  return value < 0 ? 0 : value > max ? max : value;
}

/** Scores every order and says what is stored of it. */
function decide(lead) {
  const vertical = lead.vertical?.toLowerCase();
  const credit = lead.credit_score ?? null;
  const funding = lead.funding_amount ?? null;
  let best = null;
  let bestTotal = -1;
  const rows = [];
  for (const order of orders) {
    const min = order.credit_score_min;
    const fill = order.delivered / order.total_leads;
    let mask = 0;
    if (order.remaining <= 0 && !order.bonus_mode) mask |= 4;
    if (!order.all && (vertical === undefined || !order.accepts.has(vertical))) mask |= 8;
    if (min !== null && min >= 680 && (credit === null || credit < 680)) mask |= 16;
    if (min !== null && min >= 600 && (credit === null || credit < min)) mask |= 32;
    if (order.loan_min && funding < order.loan_min) mask |= 64;
    if (order.loan_max && funding > order.loan_max) mask |= 128;
    if (mask !== 0) {
      rows.push([mask, order.delivered, order.remaining, order.last, fill]);
      continue;
    }
    const fit =
      credit === null
        ? 0
        : min === null
          ? 40
          : min >= 850
            ? 0
            : clamp(((credit - min) / (850 - min)) * 40, 40);
    const capacity = clamp((1 - fill) * 30, 30);
    const upper = credit !== null && credit >= 680;
    const lower = credit !== null && credit >= 600 && credit < 680;
    const tier =
      min === null
        ? 0
        : upper && min >= 680
          ? 20
          : lower && min >= 600 && min < 680
            ? 20
            : upper && min >= 600 && min < 680
              ? 10
              : 0;
    const loan = 10;
    const priority = order.priority === 'high' ? 8 : 0;
    const urgency = fill > 0.8 ? 5 : fill < 0.1 ? -5 : 0;
    const total = fit + capacity + tier + loan + priority + urgency;
    rows.push([
      0,
      order.delivered,
      order.remaining,
      order.last,
      fill,
      fit,
      capacity,
      tier,
      loan,
      priority,
      urgency,
      total,
    ]);
    if (total > bestTotal) {
      best = order;
      bestTotal = total;
    }
  }
  return { order: best, total: bestTotal, rows: JSON.stringify(rows) };
}

function store(input, raw) {
  const email = input.email?.toLowerCase() ?? null;
  const phone = input.phone
    ? (parsePhoneNumberFromString(input.phone, 'US')?.number ?? null)
    : null;
  const dedupe = email && phone ? `${email} ${phone}` : null;
  const existing =
    statements.byContact.get(input.ghl_contact_id) ??
    (dedupe ? statements.byDedupe.get(dedupe) : undefined);
  if (existing)
    return { lead_id: existing.id, status: 'duplicate', message: 'lead already exists' };
  const id = v7();
  const at = Date.now();
  const moment = new Date(at).toISOString();
  const decision = decide(input);
  const { order } = decision;
  if (order !== null) {
    order.delivered += 1;
    order.remaining -= 1;
    order.last = at;
    statements.order.run(order.delivered, order.remaining, moment, order.id);
  }
  statements.lead.run(
    id,
    'distribution',
    order ? 'assigned' : 'unassigned',
    input.ghl_contact_id,
    input.first_name ?? null,
    input.last_name ?? null,
    input.business_name ?? null,
    input.email ?? null,
    email,
    input.phone ?? null,
    phone,
    dedupe,
    input.state ?? null,
    input.vertical ?? null,
    input.credit_score ?? null,
    input.funding_amount ?? null,
    input.funding_purpose ?? null,
    order?.broker.id ?? null,
    order?.id ?? null,
    moment,
    'bench',
    moment,
  );
  statements.source.run(v7(), id, moment, raw);
  statements.decision.run(
    v7(),
    id,
    moment,
    order ? 'assigned' : 'unassigned',
    order?.id ?? null,
    decision.rows,
  );
  statements.event.run(v7(), 'lead.created', moment, JSON.stringify({ lead_id: id }));
  if (order === null) return { lead_id: id, assignment: { status: 'unassigned' } };
  const deliveryId = v7();
  const body = JSON.stringify({
    lead_id: id,
    order_id: order.id,
    broker_id: order.broker.id,
    ...input,
    assigned_at: moment,
  });
  statements.delivery.run(deliveryId, id, order.broker.id, order.id, 'pending', body, moment);
  statements.activity.run(
    v7(),
    moment,
    'lead.assigned',
    id,
    JSON.stringify({ order_id: order.id }),
  );
  statements.event.run(
    v7(),
    'lead.assigned',
    moment,
    JSON.stringify({ lead_id: id, order_id: order.id }),
  );
  return {
    lead_id: id,
    assignment: {
      status: 'assigned',
      broker_id: order.broker.id,
      order_id: order.id,
      delivery_ids: [deliveryId],
      delivery_status: 'pending',
      score: decision.total,
    },
    broker: order.broker,
  };
}

let waiting = [];
function runGroup() {
  const group = waiting;
  waiting = [];
  statements.begin.run();
  const answers = group.map(({ input, raw }) => store(input, raw));
  statements.commit.run();
  group.forEach(({ response }, index) => response.json(answers[index]));
}

const keyHash = createHash('sha256').update(ADMIN_KEY).digest();
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.post(
  '/leads',
  (request, response, next) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (timingSafeEqual(createHash('sha256').update(token).digest(), keyHash)) next();
    else response.status(401).json({ error: 'unauthorized' });
  },
  express.json({
    limit: 262144,
    verify: (request, _response, body) => {
      request.raw = body;
    },
  }),
  (request, response) => {
    const parsed = schema.safeParse(request.body);
    if (!parsed.success) {
      response.status(400).json({ error: 'invalid_payload' });
      return;
    }
    waiting.push({ input: parsed.data, raw: request.raw.toString('utf8'), response });
    if (waiting.length === 1) setImmediate(() => setImmediate(runGroup));
  },
);
const server = app.listen(0, '127.0.0.1', () => {
  process.send?.({ address: `http://127.0.0.1:${server.address().port}`, path: '/leads' });
});
process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
