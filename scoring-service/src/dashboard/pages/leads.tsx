import type { LeadFilter } from '../../leads/queries.js';
import { Empty } from '../components/basics.js';
import { Field, Select } from '../components/fields.js';
import { Filters } from '../components/form.js';
import { sentence, whole } from '../components/format.js';
import { LeadTable } from '../components/lead-table.js';
import { Pager } from '../components/pager.js';
import { searchLeads } from '../data/lead-search.js';
import { exportLeads } from '../data/lead-export.js';
import { brokerChoices, orderChoices, readNames } from '../data/names.js';
import { readRange } from '../data/range.js';
import { waitingReasons } from '../data/queue.js';
import type { DashboardDeps } from '../deps.js';
import { isId } from '../form.js';
import { address, type Screen, type View } from '../screen.js';

const PER_PAGE = 50;
const STATUSES = ['assigned', 'unassigned', 'rejected', 'open', 'closed'] as const;
const KINDS = ['distribution', 'response'] as const;
const FILTER_NAMES = [
  'q',
  'status',
  'kind',
  'vertical',
  'broker_id',
  'order_id',
  'from',
  'to',
] as const;

type FilterValues = Record<(typeof FILTER_NAMES)[number], string>;

function readFilters({ query }: View): FilterValues {
  return Object.fromEntries(
    FILTER_NAMES.map((name) => [name, query.get(name).slice(0, 200)]),
  ) as FilterValues;
}

/** A filter for the list; what the address holds and cannot be a filter is left out. */
function toLeadFilter(values: FilterValues, view: View): Omit<LeadFilter, 'limit'> {
  const span = (date: string) =>
    date === '' ? null : readRange({ range: '', from: date, to: date }, view.now, view.timezone);
  const from = span(values.from);
  const to = span(values.to);
  return {
    q: values.q || undefined,
    status: STATUSES.find((status) => status === values.status),
    kind: KINDS.find((kind) => kind === values.kind),
    vertical: values.vertical || undefined,
    broker_id: isId(values.broker_id) ? values.broker_id : undefined,
    order_id: isId(values.order_id) ? values.order_id : undefined,
    since: from?.name === 'custom' ? from.from : undefined,
    until: to?.name === 'custom' ? to.to : undefined,
  };
}

const choice = (values: readonly string[]) => [
  ['', 'Any'] as const,
  ...values.map((value) => [value, sentence(value)] as const),
];

/** Every lead, newest first: filters, search, export. */
export function leadsScreen({ store, settings }: DashboardDeps): Screen {
  return {
    path: '/leads',
    scope: 'read',
    async show(view) {
      const values = readFilters(view);
      const filter = toLeadFilter(values, view);
      if (view.query.get('format') === 'csv') {
        return { stream: exportLeads(store, filter, view.now) };
      }
      const page = await searchLeads(
        store,
        { ...filter, limit: PER_PAGE, cursor: view.query.get('cursor') || undefined },
        settings.DEFAULT_REGION,
      );
      const [names, reasons, brokers, orders] = await Promise.all([
        readNames(store, { orders: page.data.map((lead) => lead.assigned_order_id) }),
        waitingReasons(
          store,
          page.data.filter((lead) => lead.status === 'unassigned').map((lead) => lead.id),
        ),
        brokerChoices(store),
        orderChoices(store),
      ]);
      const active = Object.values(values).some((value) => value !== '');
      const query = { ...values, cursor: view.query.get('cursor') };
      return {
        title: 'Leads',
        section: '/leads',
        body: (
          <>
            <Filters path="/leads" active={active}>
              <Field
                name="q"
                label="Search"
                type="search"
                value={values.q}
                hint="Name, company, e-mail, phone, contact id"
              />
              <Select
                name="status"
                label="Status"
                value={values.status}
                options={choice(STATUSES)}
              />
              <Select name="kind" label="Kind" value={values.kind} options={choice(KINDS)} />
              <Field name="vertical" label="Vertical" value={values.vertical} />
              <Select
                name="broker_id"
                label="Broker"
                value={values.broker_id}
                options={[['', 'Any'], ...brokers]}
              />
              <Select
                name="order_id"
                label="Order"
                value={values.order_id}
                options={[['', 'Any'], ...orders]}
              />
              <Field name="from" label="From" type="date" value={values.from} />
              <Field name="to" label="To" type="date" value={values.to} />
            </Filters>
            <div id="results">
              {page.data.length === 0 ? (
                <Empty
                  title={
                    !active
                      ? 'No lead has arrived yet.'
                      : page.next_cursor === null
                        ? 'No lead matches.'
                        : 'No lead matches so far.'
                  }
                >
                  {active ? (
                    <p>
                      Take a filter away, or <a href="/leads">show all leads</a>.
                    </p>
                  ) : (
                    <p>
                      Send leads to <code>POST /api/leads/incoming</code> (see the{' '}
                      <a href="/docs">API documentation</a>), or try one in the{' '}
                      <a href="/simulator">simulator</a>.
                    </p>
                  )}
                </Empty>
              ) : (
                <LeadTable leads={page.data} names={names} reasons={reasons} view={view} />
              )}
              {page.looked_through === null ? (
                <></>
              ) : (
                <p class="hint" role="status" safe>
                  {`Looked through ${whole(page.looked_through)} leads; the next page goes on with older ones. A whole e-mail, phone number or contact id is found at once.`}
                </p>
              )}
              <div class="head-line">
                <Pager path="/leads" query={query} next={page.next_cursor} />
                <a class="button end" href={address('/leads', { ...values, format: 'csv' })}>
                  Export as CSV
                </a>
              </div>
            </div>
          </>
        ),
      };
    },
  };
}
