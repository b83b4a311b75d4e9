import { fieldErrors, REPORT_INPUT } from '../../core/fields.js';
import { brokerSchema, createBrokerSchema, type CreateBroker } from '../../orders/broker-schema.js';
import { createBroker } from '../../orders/brokers.js';
import type { OrdersDeps } from '../../orders/deps.js';
import { OPERATOR } from '../operator.js';
import type { ImportKind } from './kind.js';
import { recordWriter } from './records.js';

const FIELDS = Object.keys(createBrokerSchema.shape);

/** Brokers; each gets a signing secret of its own, as one made by the API does. */
export function brokerImport(deps: OrdersDeps): ImportKind<CreateBroker> {
  return {
    columns: {
      fields: FIELDS,
      readOnly: Object.keys(brokerSchema.shape).filter((name) => !FIELDS.includes(name)),
    },
    cells: {
      crm_headers: 'json',
      custom_hours: 'json',
      dates_off: 'list',
      weekend_pause: 'flag',
    },
    check(values) {
      const parsed = createBrokerSchema.safeParse(values, REPORT_INPUT);
      return parsed.success ? { value: parsed.data } : { problems: fieldErrors(parsed.error) };
    },
    ...recordWriter(deps.store, (broker: CreateBroker) => createBroker(deps, broker, OPERATOR)),
    makesRoom: false,
  };
}
