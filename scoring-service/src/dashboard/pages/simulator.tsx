import type { RoutingLead } from '../../routing/engine/index.js';
import { readLiveOrders, simulate, type Simulation } from '../../routing/simulate.js';
import { simulateSchema } from '../../routing/simulate-schema.js';
import { withoutBlanks } from '../../core/fields.js';
import { Audit } from '../components/audit.js';
import { Badge, Empty, Notice, Section } from '../components/basics.js';
import { Field } from '../components/fields.js';
import { reasonText } from '../components/labels.js';
import { readNames, type Names } from '../data/names.js';
import type { DashboardDeps } from '../deps.js';
import { check, type Form } from '../form.js';
import type { Problem, Screen } from '../screen.js';
import { toAppError } from '../../http/errors.js';

const FIELDS = ['vertical', 'credit_score', 'funding_amount'] as const;
const MOST_SHOWN = 200;

/** Asked with GET: nothing is changed by it, and the address can be passed on. */
function readLead(query: Form): RoutingLead {
  const lead = withoutBlanks(Object.fromEntries(FIELDS.map((name) => [name, query.get(name)])));
  const parsed = check(simulateSchema, { lead }).lead;
  return {
    vertical: parsed.vertical ?? null,
    credit_score: parsed.credit_score ?? null,
    funding_amount: parsed.funding_amount ?? null,
  };
}

function outcome({ decision }: Simulation, names: Names): string {
  if (decision.status === 'assigned') {
    return `It would go to ${names.order(decision.order_id)} of ${names.brokerOf(decision.order_id)}.`;
  }
  const reason = decision.reason_code === null ? '' : `: ${reasonText(decision.reason_code)}`;
  return decision.status === 'rejected'
    ? `It would be rejected before any order is looked at${reason}.`
    : `No order would take it${reason}.`;
}

/** Type a lead, see where it would go and why, against the orders as they are; nothing is changed. */
export function simulatorScreen({ store, runtime, orders, routing }: DashboardDeps): Screen {
  const run = async (query: Form): Promise<JSX.Element> => {
    const lead = readLead(query);
    const live = await readLiveOrders(store, orders.periods, runtime.clock.now(), null);
    const result = simulate(lead, live.orders, routing.rules(), {
      hasActiveOrder: live.hasActiveOrder,
    });
    const considered = result.considered.slice(0, MOST_SHOWN);
    const names = await readNames(store, {
      orders: [...considered.map((entry) => entry.order_id), result.decision.order_id],
    });
    return (
      <Section
        title="What would happen"
        id="outcome"
        aside={<Badge status={result.decision.status} />}
      >
        <p role="status">
          <strong>
            <bdi safe>{outcome(result, names)}</bdi>
          </strong>
        </p>
        {result.considered.length > MOST_SHOWN ? (
          <p class="faint" safe>
            {`Shown are the first ${MOST_SHOWN} of ${result.considered.length} orders.`}
          </p>
        ) : (
          <></>
        )}
        <Audit
          considered={considered}
          names={names}
          title="Simulation"
          hasWinner={result.decision.status === 'assigned'}
        />
      </Section>
    );
  };

  return {
    path: '/simulator',
    scope: 'read',
    async show(view) {
      const { query } = view;
      const asked = FIELDS.some((name) => query.has(name));
      let problem: Problem | null = null;
      let result: JSX.Element = (
        <Empty title="Type a lead to see where it would go.">
          <p>
            It is decided by the same engine as live leads, against the orders as they are now.
            Nothing is stored, sent or counted.
          </p>
        </Empty>
      );
      if (asked) {
        try {
          result = await run(query);
        } catch (thrown) {
          const error = toAppError(thrown);
          if (error.status !== 400) throw error;
          const details = (error.options.details ?? {}) as Record<string, string>;
          problem = {
            action: 'simulate',
            status: 400,
            code: error.code,
            message: error.message,
            fields: Object.fromEntries(
              Object.entries(details).map(([name, text]) => [name.replace(/^lead\./, ''), text]),
            ),
            typed: query,
            told: { inForm: true },
          };
          result = <Notice tone="bad" text={error.message} alert />;
        }
      }
      const field = (name: (typeof FIELDS)[number]) => ({ name, value: query.get(name), problem });
      return {
        title: 'Simulator',
        section: '/simulator',
        body: (
          <>
            <section class="part" aria-label="Lead to try">
              <form
                method="get"
                action="/simulator"
                class="filters"
                aria-label="Lead to try"
                hx-get="/simulator"
                hx-target="#content"
                hx-select="#content"
                hx-swap="outerHTML"
                hx-push-url="true"
              >
                <Field {...field('vertical')} label="Vertical" hint="Such as MCA" />
                <Field
                  {...field('credit_score')}
                  label="Credit score"
                  hint="300 to 850"
                  inputmode="numeric"
                />
                <Field
                  {...field('funding_amount')}
                  label="Funding amount"
                  hint="Such as 50000"
                  inputmode="decimal"
                />
                <div class="buttons">
                  <button type="submit" class="primary">
                    Simulate
                  </button>
                </div>
              </form>
            </section>
            {result}
          </>
        ),
      };
    },
  };
}
