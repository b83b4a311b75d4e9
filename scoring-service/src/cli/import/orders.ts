import type { z } from 'zod';

import { invalid } from '../../core/errors.js';
import { fieldErrors, REPORT_INPUT, text } from '../../core/fields.js';
import type { Store } from '../../db/store.js';
import { all, type Unit } from '../../db/unit.js';
import type { OrdersDeps } from '../../orders/deps.js';
import { createOrderSchema, orderSchema } from '../../orders/order-schema.js';
import { createOrder } from '../../orders/orders.js';
import { OPERATOR } from '../operator.js';
import type { ImportKind } from './kind.js';
import { recordWriter } from './records.js';

/** As the API takes it, but the broker may also be named by `broker`: its id, or its name. */
const rowSchema = createOrderSchema.extend({
  broker_id: createOrderSchema.shape.broker_id.optional(),
  broker: text(200).optional(),
});

type OrderRow = z.output<typeof rowSchema>;

const FIELDS = Object.keys(rowSchema.shape);

/** The id of the order's broker: by `broker_id` where that is known here, else by `broker`. */
function* brokerOf(store: Store, row: OrderRow): Unit<string> {
  const ids = [row.broker_id, row.broker].filter((id) => id !== undefined);
  const byId = yield* all(
    store.db.selectFrom('brokers').select('id').where(store.anyOf('id', ids)),
  );
  const known = ids.find((id) => byId.some((broker) => broker.id === id));
  if (known !== undefined) return known;
  if (row.broker === undefined) throw invalid({ broker_id: 'names no broker' });
  const named = yield* all(
    store.db.selectFrom('brokers').select('id').where('name', '=', row.broker).limit(2),
  );
  const [only, another] = named;
  if (only === undefined) throw invalid({ broker: 'names no broker' });
  if (another !== undefined) {
    throw invalid({ broker: 'is the name of several brokers; give broker_id instead' });
  }
  return only.id;
}

/** Orders; they begin with no leads delivered, whatever an export said of them. */
export function orderImport(deps: OrdersDeps): ImportKind<OrderRow> {
  return {
    columns: {
      fields: FIELDS,
      readOnly: Object.keys(orderSchema.shape).filter((name) => !FIELDS.includes(name)),
    },
    cells: { verticals: 'list', bonus_mode: 'flag' },
    check(values) {
      const parsed = rowSchema.safeParse(values, REPORT_INPUT);
      if (!parsed.success) return { problems: fieldErrors(parsed.error) };
      if (parsed.data.broker_id === undefined && parsed.data.broker === undefined) {
        return { problems: { broker_id: 'is required, or broker with a name' } };
      }
      return { value: parsed.data };
    },
    ...recordWriter(deps.store, function* (row: OrderRow) {
      const { broker: _broker, ...order } = row;
      const broker_id = yield* brokerOf(deps.store, row);
      yield* createOrder(deps, { ...order, broker_id }, OPERATOR);
    }),
    makesRoom: true,
  };
}
