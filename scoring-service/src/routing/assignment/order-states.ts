import { orderPart, type PreparedOrder } from '../engine/index.js';

/**
 * What of an order's part in a decision is the same for every lead, as stored:
 *
 *     [mask of the failed filters that look at the order alone, leads_delivered, leads_remaining,
 *      last assigned (epoch ms or null), fill rate, points of each component of the order alone]
 *
 * The view `routing_logs` reads the same positions.
 */
export interface OrderState {
  mask: number;
  leads_delivered: number;
  leads_remaining: number;
  last_assigned_at: number | null;
  fill_rate: number;
  /** Of the engine's ORDER_COMPONENTS. */
  points: number[];
}

/** By the immutable object that holds the order, because most orders do not change between leads. */
const texts = new WeakMap<PreparedOrder, string>();

export function encodeState(prepared: PreparedOrder): string {
  let text = texts.get(prepared);
  if (text === undefined) {
    const { leads_delivered, leads_remaining, last_assigned_at } = prepared.order;
    const { mask, fillRate, points } = orderPart(prepared);
    const values = [mask, leads_delivered, leads_remaining, last_assigned_at, fillRate, ...points];
    text = JSON.stringify(values);
    texts.set(prepared, text);
  }
  return text;
}

type StoredState = [number, number, number, number | null, number, ...number[]];

function decodeState([mask, delivered, remaining, last, fill, ...points]: StoredState): OrderState {
  return {
    mask,
    leads_delivered: delivered,
    leads_remaining: remaining,
    last_assigned_at: last,
    fill_rate: fill,
    points,
  };
}

/** The states of a snapshot's orders, with those that had changed by the time of a decision. */
export function decodeStates(snapshot: string, changes: string): OrderState[] {
  const changed = JSON.parse(changes) as Record<string, StoredState>;
  return (JSON.parse(snapshot) as StoredState[]).map((state, position) =>
    decodeState(changed[position] ?? state),
  );
}
