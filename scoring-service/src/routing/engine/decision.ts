import { SCORE_STRIDE } from './components.js';
import type { Preflight } from './preflight.js';

/** The numbers of a decision, one entry (or one stride) per order, in the positions of the book. */
export interface DecisionArrays {
  /** Per order, one bit per failed filter, in the order of FILTERS. 0: eligible. */
  masks: Uint16Array;
  /** Per order, SCORE_STRIDE numbers: each component, then the total. Zeros when ineligible. */
  scores: Float64Array;
  /** Per order, delivered over total before this lead. */
  fills: Float64Array;
}

/** The outcome for one lead over one book. */
export interface Decision extends DecisionArrays {
  preflight: Preflight;
  status: 'assigned' | 'unassigned' | 'rejected';
  /** Position of the order that won, or -1. */
  winner: number;
  reason_code: string | null;
  /** A sentence when unassigned; the code itself when rejected. */
  reason: string | null;
  /** How many orders were looked at: the book's size, or 0 when rejected. */
  considered: number;
}

/** What an explanation needs of a decision: what a stored record keeps. Plain arrays will do. */
export interface StoredDecision {
  status: Decision['status'];
  winner: number;
  considered: number;
  masks: ArrayLike<number>;
  scores: ArrayLike<number>;
  fills: ArrayLike<number>;
}

/** Fresh arrays for a number of orders. */
export function newArrays(orders: number): DecisionArrays {
  return {
    masks: new Uint16Array(orders),
    scores: new Float64Array(orders * SCORE_STRIDE),
    fills: new Float64Array(orders),
  };
}

/** Arrays that are used again for each decision made into them. */
export interface DecisionScratch {
  /** Arrays of exactly this many orders. What was in them is overwritten. */
  arrays(orders: number): DecisionArrays;
}

/**
 * Scratch space for callers that are done with one decision before they make the next: each decision
 * into it overwrites the last. It grows to the largest book it has seen.
 */
export function createScratch(): DecisionScratch {
  let room = newArrays(0);
  let current = room;
  return {
    arrays(orders) {
      if (orders > room.masks.length) {
        room = newArrays(orders);
        current = room;
      } else if (orders !== current.masks.length) {
        current = {
          masks: room.masks.subarray(0, orders),
          scores: room.scores.subarray(0, orders * SCORE_STRIDE),
          fills: room.fills.subarray(0, orders),
        };
      }
      return current;
    },
  };
}
