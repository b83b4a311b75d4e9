import type { GateValue, SingleChange, ToWin } from '../../routing/engine/index.js';
import { money, points } from './format.js';
import { gateName } from './labels.js';

const TIE_BREAKS: Record<string, string> = {
  lower_fill_rate: 'equal points; the winner was filled less',
  least_recently_assigned: 'equal points; the winner had waited longer for a lead',
  smallest_id: 'equal points and equal otherwise; the smaller id won',
};

const MONEY_GATES = new Set(['loan_below_minimum', 'loan_above_maximum']);

/** A value of a gate as people read it. */
export function gateValue(code: string, value: GateValue): string {
  if (value === null) return 'none';
  if (typeof value === 'number') return MONEY_GATES.has(code) ? money(value) : String(value);
  return typeof value === 'string' ? value : value.join(', ');
}

const NEED: Record<string, (need: string) => string> = {
  order_not_active: () => 'needs to be active',
  broker_not_active: () => 'needs an active broker',
  no_capacity: () => 'needs a lead left, or bonus mode',
  vertical_mismatch: (need) => `needs ${need}`,
  loan_above_maximum: (need) => `needs ${need} or less`,
};

/** "Credit minimum: has 640, needs 680 or more". */
export function gateText(gate: { code: string; have: GateValue; need: GateValue }): string {
  const need = gateValue(gate.code, gate.need);
  const wanted = NEED[gate.code]?.(need) ?? `needs ${need} or more`;
  return `${gateName(gate.code)}: has ${gateValue(gate.code, gate.have)}, ${wanted}`;
}

/** "with priority high": the change, after "would have won". */
export function changeText(change: { field: string; to: SingleChange['to'] }): string {
  const { field, to } = change;
  switch (field) {
    case 'status':
      return 'if the order were active';
    case 'broker_status':
      return 'if the broker were active';
    case 'bonus_mode':
      return 'with bonus mode on';
    case 'verticals':
      return `with the vertical ${Array.isArray(to) ? String(to.at(-1)) : String(to)} added`;
    case 'loan_min':
      return `with a loan minimum of ${money(Number(to))}`;
    case 'loan_max':
      return `with a loan maximum of ${money(Number(to))}`;
    case 'priority':
      return 'with priority high';
    case 'credit_score_min':
      return to === null ? 'with no credit minimum' : `with a credit minimum of ${String(to)}`;
    case 'total_leads':
      return `with a total of ${String(to)} leads`;
    default:
      return `with ${field.replaceAll('_', ' ')} ${String(to)}`;
  }
}

/**
 * What an order lacked to win, in words: "0.21 points short; would have won with priority high".
 * @param hasWinner without one, only the gates stood in the way
 */
export function toWinText(toWin: ToWin, hasWinner: boolean): string {
  const parts: string[] = [];
  const { gates, points_short: short, tie_break: tie, single_change: change } = toWin;
  if (short > 0) {
    const shown = short < 0.005 ? 'less than 0.01' : points(short);
    parts.push(`${shown} points short`);
  }
  if (tie !== null) parts.push(TIE_BREAKS[tie] ?? tie);
  if (change !== null) {
    parts.push(`${hasWinner ? 'would have won' : 'would have taken it'} ${changeText(change)}`);
  } else if (gates.length > 1) {
    parts.push(`no single change would have been enough (${gates.length} gates failed)`);
  } else {
    parts.push('no single change would have been enough');
  }
  const text = parts.join('; ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
