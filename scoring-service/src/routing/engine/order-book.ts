import { COLUMN, COLUMN_COUNT, afterAssignment, prepareOrder } from './prepared-order.js';
import type { PreparedOrder } from './prepared-order.js';
import type { RoutingOrder } from './types.js';
import { indexVerticals, verticalKey } from './verticals.js';
import type { VerticalIndex } from './verticals.js';

/** What a book and its sub-books share: the orders and, per input column, one number per row. */
interface Shelf {
  readonly orders: PreparedOrder[];
  readonly columns: readonly Float64Array[];
  readonly filterInputs: readonly Float64Array[];
  readonly componentInputs: readonly (readonly Float64Array[])[];
  verticals: VerticalIndex | null;
}

/**
 * The orders of one unit of work, in a fixed positional order, laid out in columns for the scoring
 * loops. Counters evolve through `recordAssignment` and `replace`; sub-books see those changes, the
 * prepared orders handed in never do, so cached ones survive a rolled-back unit.
 */
export class OrderBook {
  readonly #shelf: Shelf;
  /** Position in this book → row of the input columns. */
  readonly rows: Int32Array;
  /** Room for one list of positions while deciding, kept so that a decision allocates nothing. */
  readonly positions: Int32Array;

  private constructor(shelf: Shelf, rows: Int32Array) {
    this.#shelf = shelf;
    this.rows = rows;
    this.positions = new Int32Array(rows.length);
  }

  /** A book over prepared orders, in the given order. */
  static of(orders: readonly PreparedOrder[]): OrderBook {
    const count = orders.length;
    const buffer = new Float64Array(count * COLUMN_COUNT);
    const columns = Array.from({ length: COLUMN_COUNT }, (_, c) =>
      buffer.subarray(c * count, (c + 1) * count),
    );
    const at = (c: number): Float64Array => columns[c] ?? new Float64Array(0);
    const shelf: Shelf = {
      orders: [...orders],
      columns,
      filterInputs: COLUMN.filters.map(at),
      componentInputs: COLUMN.components.map((own) => own.map(at)),
      verticals: null,
    };
    // Plain loops: a book may be made for a single lead. Indexes are within bounds, so the casts
    // only tell the compiler so.
    const rows = new Int32Array(count);
    for (let row = 0; row < count; row++) {
      const { inputs } = orders[row] as PreparedOrder;
      for (let c = 0; c < COLUMN_COUNT; c++) buffer[c * count + row] = inputs[c] as number;
      rows[row] = row;
    }
    return new OrderBook(shelf, rows);
  }

  /** How many orders the book holds. */
  get size(): number {
    return this.rows.length;
  }

  /** The order at a position as it stands now. Throws RangeError when there is none. */
  prepared(position: number): PreparedOrder {
    const row = this.rows[position];
    const prepared = row === undefined ? undefined : this.#shelf.orders[row];
    if (prepared === undefined) throw new RangeError(`no order at position ${String(position)}`);
    return prepared;
  }

  /** The fields of the order at a position as they stand now. */
  order(position: number): Readonly<RoutingOrder> {
    return this.prepared(position).order;
  }

  /** Whether any order has the status active; its broker may be paused. */
  hasActiveOrder(): boolean {
    for (let p = 0; p < this.rows.length; p++) {
      if (this.order(p).status === 'active') return true;
    }
    return false;
  }

  /** Puts another state of an order (or another order) at a position, here and in every sub-book. */
  replace(position: number, next: PreparedOrder): void {
    const shelf = this.#shelf;
    const previous = this.prepared(position);
    if (previous === next) return;
    const row = this.rows[position] as number; // prepared() has checked the position
    shelf.orders[row] = next;
    shelf.columns.forEach((column, c) => {
      column[row] = next.inputs[c] as number; // one input per column by construction
    });
    if (previous.verticalKeys !== next.verticalKeys) shelf.verticals = null;
  }

  /** Writes one assignment at `at` (epoch ms) into the counters, as the unit of work stores it. */
  recordAssignment(position: number, at: number): void {
    this.replace(position, afterAssignment(this.prepared(position), at));
  }

  /** A book over some positions of this one, sharing the state of their orders. */
  subset(positions: readonly number[]): OrderBook {
    return new OrderBook(
      this.#shelf,
      Int32Array.from(positions, (position) => {
        const row = this.rows[position];
        if (row === undefined) throw new RangeError(`no order at position ${String(position)}`);
        return row;
      }),
    );
  }

  /** Per row, whether the order refuses a lead of this vertical. */
  verticalRefusals(vertical: string | null): Uint8Array {
    this.#shelf.verticals ??= indexVerticals(this.#shelf.orders.map((o) => o.verticalKeys));
    return this.#shelf.verticals.refusals(verticalKey(vertical));
  }

  /** An input column, indexed by row. */
  column(index: number): Float64Array {
    return this.#shelf.columns[index] as Float64Array; // callers pass a COLUMN constant
  }

  /** Per filter, the column it reads (empty for those that read none). */
  get filterInputs(): readonly Float64Array[] {
    return this.#shelf.filterInputs;
  }

  /** Per component, the columns it reads. */
  get componentInputs(): readonly (readonly Float64Array[])[] {
    return this.#shelf.componentInputs;
  }
}

/** Prepares orders and lays them out as a book, in the given order. */
export function prepareOrders(orders: readonly Readonly<RoutingOrder>[]): OrderBook {
  return OrderBook.of(orders.map(prepareOrder));
}
