import { brokerRow, execute, orderRow, seedOrders } from './seed.js';
import type { TestService } from './service.js';

const STEP_SECONDS = 25;

const uuid = (kind: string, n: number): string =>
  `019cd000-${kind}-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** The few expressions that the two databases write differently; `i` is the lead's number. */
function dialectOf({ store }: TestService) {
  const sqlite = store.dialect === 'sqlite';
  return {
    id: (kind: string, n = 'i') =>
      `'019cd000-${kind}-7000-8000-' || ${sqlite ? `printf('%012x', ${n})` : `lpad(to_hex(${n}), 12, '0')`}`,
    moment: (seconds: string) =>
      sqlite
        ? `strftime('%Y-%m-%dT%H:%M:%fZ', ${seconds}, 'unixepoch')`
        : `to_char(to_timestamp(${seconds}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  };
}

/**
 * Leads with their decisions, deliveries, activity and places in the queue, made inside the
 * database: 70 of 100 assigned, 20 waiting, 10 rejected, one each 25 seconds, the newest just now.
 */
export async function seedManyLeads(
  service: TestService,
  count: number,
): Promise<{ orderId: string; brokerId: string; leadId: string }> {
  const { id, moment } = dialectOf(service);
  const now = Math.floor(service.runtime.clock.now() / 1000);
  await seedOrders(
    service.store,
    Array.from({ length: 20 }, (_, n) =>
      brokerRow({
        id: uuid('b000', n),
        name: `Broker ${n}`,
        contact_hours:
          '{"contact_hours":"anytime","custom_hours":[],"weekend_pause":false,"dates_off":[]}',
      }),
    ),
    Array.from({ length: 100 }, (_, n) =>
      orderRow({
        id: uuid('0d00', n),
        broker_id: uuid('b000', n % 20),
        name: `Order ${n}`,
        total_leads: count,
      }),
    ),
  );
  const at = moment(`${now} - (${count} - i) * ${STEP_SECONDS}`);
  const leads = `with recursive numbers (i) as (select 0 union all select i + 1 from numbers where i < ${count - 1})`;
  const assigned = 'i % 10 < 7';
  const status = `case when ${assigned} then 'assigned' when i % 10 = 9 then 'rejected' else 'unassigned' end`;
  const insert = (table: string, columns: Record<string, string>, where = 'true'): string =>
    `${leads} insert into ${table} (${Object.keys(columns).join(', ')})
      select ${Object.values(columns).join(', ')} from numbers where ${where}`;
  const ifAssigned = (value: string): string => `case when ${assigned} then ${value} end`;
  const order = id('0d00', 'i % 100');
  const broker = id('b000', 'i % 20');
  await execute(
    service.store,
    insert('leads', {
      id: id('1ead'),
      kind: "'distribution'",
      status,
      ghl_contact_id: "'many-' || i",
      first_name: "'Ann'",
      last_name: "'Example ' || i",
      business_name: "'Example Bakery ' || i % 5000",
      email: "'lead' || i || '@example.com'",
      email_key: "'lead' || i || '@example.com'",
      phone: "'+1 202 555 0123'",
      phone_key: "'+1' || (2015550000 + i)",
      state: "'NY'",
      vertical: "case i % 3 when 0 then 'MCA' when 1 then 'SBA' else 'Equipment' end",
      credit_score: '600 + i % 200',
      funding_amount: '10000 + i',
      assigned_broker_id: ifAssigned(broker),
      assigned_order_id: ifAssigned(order),
      assigned_at: ifAssigned(at),
      rejection_reason: "case when i % 10 = 9 then 'credit_too_low' end",
      source: "'api'",
      delivery_hold: '0',
      created_at: at,
      updated_at: at,
      version: '1',
    }),
    insert('decisions', {
      id: id('dec0'),
      lead_id: id('1ead'),
      at,
      status,
      order_id: ifAssigned(order),
      broker_id: ifAssigned(broker),
      trigger: "'intake'",
      considered_count: '0',
      score: ifAssigned('60 + i % 40'),
      inputs: `'{"credit_score":700,"funding_amount":50000,"vertical":"MCA","credit_floor":600}'`,
      rows: "'[]'",
    }),
    insert('source_events', {
      id: id('50c0'),
      lead_id: id('1ead'),
      kind: "'intake'",
      provider: "'api'",
      received_at: at,
      raw: "'{}'",
    }),
    insert(
      'activity_log',
      {
        id: id('ac00'),
        at,
        actor_type: "'system'",
        actor_name: "'system'",
        action: "'lead.assigned'",
        subject_type: "'lead'",
        subject_id: id('1ead'),
        after: "'{}'",
      },
      assigned,
    ),
    insert(
      'deliveries',
      {
        id: id('de11'),
        lead_id: id('1ead'),
        broker_id: broker,
        order_id: order,
        channel: "'crm_webhook'",
        status: "case when i % 50 = 0 then 'failed' else 'sent' end",
        body: "'{}'",
        attempts_made: '1',
        sent_at: `case when i % 50 = 0 then null else ${at} end`,
        failed_at: `case when i % 50 = 0 then ${at} end`,
        created_at: at,
        updated_at: at,
      },
      assigned,
    ),
    insert(
      'unassigned_leads',
      {
        lead_id: id('1ead'),
        reason_code:
          "case i % 3 when 0 then 'vertical_mismatch' when 1 then 'credit_tier_680' else 'no_capacity' end",
        reason: "''",
        queued_at: at,
        last_tried_at: at,
        tries: '1',
      },
      'i % 10 in (7, 8)',
    ),
  );
  return { orderId: uuid('0d00', 3), brokerId: uuid('b000', 3), leadId: uuid('1ead', 3) };
}
