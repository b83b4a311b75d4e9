import { isId } from '../form.js';
import type { View } from '../screen.js';
import { Select } from './fields.js';
import { Filters } from './form.js';
import { sentence } from './format.js';

/** What a list of a broker's things is filtered by, as its address says. */
export function statusAndBroker<S extends string>(view: View, statuses: readonly S[]) {
  const status = statuses.find((one) => one === view.query.get('status'));
  const broker = view.query.get('broker_id');
  const cursor = view.query.get('cursor');
  return {
    status,
    /** As typed, for the form. */
    broker,
    /** What the list is asked for. */
    query: {
      status,
      broker_id: isId(broker) ? broker : undefined,
      cursor: cursor || undefined,
    },
    /** What further pages are asked for with. */
    address: { status: status ?? '', broker_id: broker, cursor },
    active: status !== undefined || broker !== '',
  };
}

/** The form for {@link statusAndBroker}. */
export function StatusBrokerFilters({
  path,
  statuses,
  brokers,
  filter,
}: {
  path: string;
  statuses: readonly string[];
  brokers: readonly (readonly [string, string])[];
  filter: { status?: string; broker: string; active: boolean };
}) {
  return (
    <Filters path={path} active={filter.active}>
      <Select
        name="status"
        label="Status"
        value={filter.status}
        options={[['', 'Any'], ...statuses.map((one) => [one, sentence(one)] as const)]}
      />
      <Select
        name="broker_id"
        label="Broker"
        value={filter.broker}
        options={[['', 'Any'], ...brokers]}
      />
    </Filters>
  );
}
