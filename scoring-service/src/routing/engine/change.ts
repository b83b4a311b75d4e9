import type { RoutingLead, RoutingOrder } from './types.js';

/** A change of one field of one order, in the words of the order itself. */
export type SingleChange = {
  [Field in keyof RoutingOrder]: { field: Field; to: RoutingOrder[Field] };
}[keyof RoutingOrder];

/** Whether the order wins when it is as given. */
export type Wins = (changed: RoutingOrder) => boolean;

/** How one field is searched for the smallest change that wins. */
export interface Search {
  field: keyof RoutingOrder;
  find(order: RoutingOrder, lead: RoutingLead, wins: Wins): SingleChange | null;
}
