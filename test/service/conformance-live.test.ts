import { DATABASES } from '../support/databases.js';
import { apiLogs, comparable, viewLogs } from '../support/invariants.js';
import { expectConsidered, routingCases, type RoutingCase } from '../support/routing-cases.js';
import { brokerRow, emptyTables, orderRow, seedOrders, type IntakeBody } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';

const hex = (value: number): string => value.toString(16).padStart(4, '0');

/** Ids that sort as the case's own do (in code units), and that no other case has. */
function idsOf(it: RoutingCase, number: number): Map<string, string> {
  const names = it.orders.map(({ id }) => id).sort((a, b) => (a < b ? -1 : 1));
  return new Map(
    names.map((name, index) => [name, `00000000-0000-7000-8000-${hex(number)}0000${hex(index)}`]),
  );
}

async function seed(
  service: TestService,
  it: RoutingCase,
  ids: Map<string, string>,
): Promise<void> {
  const brokerOf = (id: string): string => (ids.get(id) ?? '').replace('-8000-', '-9000-');
  await seedOrders(
    service.store,
    it.orders.map(({ id, broker_status }) =>
      brokerRow({ id: brokerOf(id), assignment_status: broker_status }),
    ),
    it.orders.map((order) =>
      orderRow({
        id: ids.get(order.id) ?? '',
        broker_id: brokerOf(order.id),
        status: order.status,
        verticals: JSON.stringify(order.verticals),
        credit_score_min: order.credit_score_min,
        loan_min: order.loan_min,
        loan_max: order.loan_max,
        total_leads: order.total_leads,
        leads_delivered: order.leads_delivered,
        leads_remaining: order.leads_remaining,
        bonus_mode: order.bonus_mode ? 1 : 0,
        priority: order.priority,
        last_assigned_at:
          order.last_assigned_at === null ? null : new Date(order.last_assigned_at).toISOString(),
      }),
    ),
  );
}

describe.each(DATABASES)('the routing cases on the live path, on %s', (database) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(database);
  });
  afterAll(() => service.stop());

  test.each(routingCases.map((it, index) => [it.name, it, index] as const))(
    '%s',
    async (_name, it, index) => {
      await emptyTables(service.store);
      const ids = idsOf(it, index);
      await seed(service, it, ids);
      const active = new Set(
        it.orders.filter(({ status }) => status === 'active').map(({ id }) => id),
      );
      const simulated = await service.post<{ decision: { reason_code: string | null } }>(
        '/api/routing/simulate',
        { lead: it.lead, orders: it.orders },
      );

      const answer = await service.post<IntakeBody & { reason?: string }>('/api/leads/incoming', {
        ghl_contact_id: `case-${index}`,
        ...it.lead,
      });
      expect(answer.status).toBe(200);
      const { body } = answer;
      const winner = it.expect.order_id === null ? null : (ids.get(it.expect.order_id) ?? '');
      switch (it.expect.status) {
        case 'assigned': {
          expect(body.assignment).toMatchObject({ status: 'assigned', order_id: winner });
          const total = it.expect.considered.find(({ selected }) => selected)?.score.total ?? NaN;
          expect(Math.abs((body.assignment?.score ?? NaN) - total)).toBeLessThanOrEqual(1e-9);
          break;
        }
        case 'unassigned':
          expect(body.assignment).toMatchObject({
            status: 'unassigned',
            reason_code: simulated.body.decision.reason_code,
          });
          break;
        default:
          expect(body).toEqual({
            lead_id: body.lead_id,
            status: 'rejected',
            reason: it.expect.preflight.reason,
          });
      }

      const lead = await service.get<{ decisions: object[] }>(`/api/leads/${body.lead_id}`);
      expect(lead.body).toMatchObject({
        status: it.expect.status,
        assigned_order_id: winner,
        rejection_reason: it.expect.preflight.reason,
        decisions: [{ status: it.expect.status, order_id: winner }],
      });
      const logs = await apiLogs(service, body.lead_id);
      const names = new Map([...ids].map(([name, id]) => [id, name]));
      expectConsidered(
        logs.map((entry) => ({ ...entry, order_id: names.get(entry.order_id) ?? entry.order_id })),
        it.expect.considered.filter(({ order_id }) => active.has(order_id)),
      );
      expect(comparable(await viewLogs(service.store, body.lead_id))).toEqual(comparable(logs));

      for (const order of it.orders) {
        const taken = order.id === it.expect.order_id ? 1 : 0;
        const row = await service.get(`/api/orders/${ids.get(order.id) ?? ''}`);
        expect(row.body).toMatchObject({
          leads_delivered: order.leads_delivered + taken,
          leads_remaining: Math.max(0, order.leads_remaining - taken),
        });
      }
    },
  );
});
