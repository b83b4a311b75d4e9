import type { Lead } from '../../leads/lead-schema.js';
import type { Candidate } from '../data/orders.js';
import type { Problem } from '../screen.js';
import { Badge, Empty, Link } from './basics.js';
import { FillBar } from './fill-bar.js';
import { Check } from './fields.js';
import { PostForm } from './form.js';
import { points } from './format.js';
import { leadTitle } from './lead-table.js';
import { Table } from './table.js';
import { gateText } from './to-win.js';

const noLeadsLeft = (order: Candidate): boolean => order.remaining <= 0 && !order.bonus;

/** What would be broken by giving the lead to this order; capacity is said apart. */
function Warnings({ order }: { order: Candidate }) {
  const gates = (order.considered?.to_win?.gates ?? []).filter(
    (gate) => gate.code !== 'no_capacity' && gate.code !== 'order_not_active',
  );
  const lines = [
    ...(noLeadsLeft(order) ? ['No leads left: needs the override below'] : []),
    ...(order.status === 'active' ? [] : [`Order is ${order.status}`]),
    ...gates.map(gateText),
  ];
  if (lines.length === 0) {
    return order.considered === null ? (
      <span class="faint">Not scored: the lead has no valid funding amount</span>
    ) : (
      <Badge status="fits" text="Fits" tone="good" />
    );
  }
  return (
    <ul class="gates">
      {lines.map((line) => (
        <li>
          <span class="mark fail" aria-hidden="true">
            !
          </span>
          <span>
            <span class="hidden">Warning: </span>
            <bdi safe>{line}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A choice of one order for one lead, with what each choice would break. */
export function AssignPanel({
  lead,
  candidates,
  path,
  action,
  problem,
}: {
  lead: Lead;
  candidates: readonly Candidate[];
  path: string;
  action: 'assign' | 'reassign';
  problem: Problem | null;
}) {
  const others = candidates.filter((order) => order.id !== lead.assigned_order_id);
  if (others.length === 0) {
    return (
      <Empty title="There is no order to choose.">
        <p>
          <a href="/orders/new">Create an order</a> first.
        </p>
      </Empty>
    );
  }
  const chosen = problem?.typed.get('order_id') ?? '';
  return (
    <PostForm action={action} path={path} problem={problem} label="Assign by hand">
      <input type="hidden" name="lead_id" value={lead.id} />
      <fieldset>
        <legend safe>{`Order for ${leadTitle(lead)}`}</legend>
        {problem?.fields.order_id === undefined ? <></> : <p class="error">Choose an order.</p>}
        <Table
          caption="Orders to choose from, those that fit first"
          rows={others}
          columns={[
            {
              head: 'Order',
              cell: (order) => (
                <span class="field check">
                  <input
                    type="radio"
                    name="order_id"
                    id={`order-${order.id}`}
                    value={order.id}
                    checked={order.id === chosen}
                    required
                  />
                  <label for={`order-${order.id}`}>
                    <bdi safe>{order.name}</bdi>
                    <span class="sub" safe>
                      {order.broker}
                    </span>
                  </label>
                </span>
              ),
            },
            { head: 'What stands against it', cell: (order) => <Warnings order={order} /> },
            {
              head: 'Score',
              numeric: true,
              cell: (order) => (
                <>
                  {
                    (order.considered?.eligible === true
                      ? points(order.considered.score.total)
                      : '–') as 'safe'
                  }
                </>
              ),
            },
            {
              head: 'Filled',
              cell: (order) => <FillBar delivered={order.delivered} total={order.total} />,
            },
            {
              head: 'Look',
              hiddenHead: true,
              cell: (order) => <Link href={`/orders/${order.id}`} text="Open" />,
            },
          ]}
        />
      </fieldset>
      <Check
        name="override_capacity"
        label="Give it even when the order has no leads left"
        checked={problem?.typed.get('override_capacity') === 'true'}
      />
      <button type="submit" class="primary">
        {action === 'assign' ? 'Assign the lead' : 'Move the lead'}
      </button>
    </PostForm>
  );
}
