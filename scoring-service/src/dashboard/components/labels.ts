import { sentence } from './format.js';

/** What colour a status has. The word always stands beside it. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'calm';

const TONES: Record<string, Tone> = {
  assigned: 'good',
  unassigned: 'warn',
  rejected: 'bad',
  duplicate: 'calm',
  open: 'info',
  closed: 'calm',
  scheduled: 'info',
  no_show: 'bad',
  ended: 'calm',
  active: 'good',
  paused: 'warn',
  completed: 'info',
  cancelled: 'calm',
  waiting: 'info',
  running: 'info',
  done: 'good',
  pending: 'info',
  queued: 'info',
  held: 'info',
  sent: 'good',
  delivered: 'good',
  failed: 'bad',
  undelivered: 'bad',
  deferred: 'warn',
  skipped: 'calm',
  sending: 'info',
  unknown: 'warn',
  revoked: 'calm',
  disabled: 'calm',
  invited: 'info',
  claimed: 'info',
  overdue: 'bad',
  escalated: 'bad',
  healthy: 'good',
  degraded: 'warn',
  down: 'bad',
};

export function toneOf(status: string): Tone {
  return TONES[status] ?? 'calm';
}

/** Why no order took a lead, or why it was rejected: what an operator reads. */
const REASONS: Record<string, string> = {
  vertical_mismatch: 'No order takes this vertical',
  credit_tier_680: 'Orders that fit ask for credit of 680 or more',
  credit_below_minimum: 'Credit is below what the orders ask for',
  loan_below_minimum: 'Funding amount is below what the orders take',
  loan_above_maximum: 'Funding amount is above what the orders take',
  no_capacity: 'Orders that fit have no leads left',
  broker_not_active: 'Brokers of the orders that fit are paused',
  order_not_active: 'Order is not active',
  no_active_orders: 'There is no active order',
  assignment_error: 'Assignment failed; the lead was kept',
  credit_too_low: 'Credit is below the floor',
  invalid_loan_amount: 'Funding amount is missing or not valid',
  erased: 'Personal data was erased',
};

export function reasonText(code: string): string {
  return REASONS[code] ?? sentence(code);
}

/** Each gate as a short name. */
const GATES: Record<string, string> = {
  order_not_active: 'Order active',
  broker_not_active: 'Broker active',
  no_capacity: 'Leads left',
  vertical_mismatch: 'Vertical',
  credit_tier_680: 'Credit tier 680',
  credit_below_minimum: 'Credit minimum',
  loan_below_minimum: 'Loan minimum',
  loan_above_maximum: 'Loan maximum',
};

export function gateName(code: string): string {
  return GATES[code] ?? sentence(code);
}

const COMPONENT_NAMES: Record<string, string> = {
  credit_fit: 'Credit fit',
  capacity: 'Capacity',
  tier_match: 'Tier match',
  loan_fit: 'Loan fit',
  priority_bonus: 'Priority',
  urgency_bonus: 'Urgency',
};

export function componentName(code: string): string {
  return COMPONENT_NAMES[code] ?? sentence(code);
}

const TRIGGERS: Record<string, string> = {
  intake: 'when it arrived',
  update: 'after an update',
  retry: 'when orders changed',
  manual: 'by hand',
  reroute: 'routed again by hand',
};

export function triggerText(trigger: string): string {
  return TRIGGERS[trigger] ?? sentence(trigger);
}

/** What went well, shown after the redirect of a form; codes that are not here show nothing. */
export const NOTICES: Record<string, string> = {
  backtest_asked: 'The backtest is on its way. This page shows how far it is.',
  backtest_cancelled: 'The backtest is cancelled.',
  order_created: 'The order is created. Waiting leads are being tried again.',
  order_updated: 'The order is saved.',
  order_paused: 'The order is paused: it gets no more leads.',
  order_resumed: 'The order is active again.',
  order_completed: 'The order is completed.',
  order_cancelled: 'The order is cancelled for good.',
  broker_updated: 'The broker is saved.',
  broker_paused: 'The broker is paused: their orders get no more leads.',
  broker_resumed: 'The broker is active again.',
  lead_assigned: 'The lead is assigned.',
  lead_reassigned: 'The lead is moved to the other order.',
  lead_routed: 'The lead has been routed again; the newest decision is on top.',
  delivery_retried: 'The delivery is taken up again.',
  delivery_cancelled: 'The delivery is cancelled.',
  deliveries_replayed: 'The failed deliveries are taken up again.',
  lead_updated: 'The lead is changed.',
  lead_updated_routed:
    'The lead is changed and has been routed again; the newest decision is on top.',
  lead_distributed: 'This is the lead that was made; it has been routed.',
  lead_distributed_before: 'This lead was made before; nothing new was made.',
  leads_parted: 'The lead stands by itself again.',
  text_decided: 'The text is decided; what came of it stands below.',
  appointment_booked: 'The appointment is booked; an open callback task is completed.',
  appointment_known: 'The lead has this appointment already.',
  appointment_moved: 'The appointment is moved, and its review request with it.',
  appointment_completed: 'The appointment is completed.',
  appointment_no_show: 'The appointment was not kept; no review is asked for.',
  appointment_cancelled: 'The appointment is cancelled; no review is asked for.',
  appointment_scheduled: 'The appointment is open again.',
  thresholds_changed: 'The thresholds are saved and hold from now on.',
  deliveries_paused: 'All deliveries wait; none is dropped.',
  deliveries_resumed: 'Deliveries go out again.',
  form_registered: 'The form is registered.',
  form_disabled: 'The form is disabled: its submissions are refused.',
  form_enabled: 'The form takes submissions again.',
  subscription_paused: 'The subscription waits; events wait for it.',
  subscription_resumed: 'The subscription goes on where it stopped.',
  subscription_removed: 'The subscription is removed.',
  task_created: 'The callback task is created.',
  task_claim: 'The task is claimed.',
  task_complete: 'The task is completed.',
  task_cancel: 'The task is cancelled.',
  task_snooze: 'The task is put off.',
  task_reassign: 'The task is handed on.',
  leads_merged: 'The two leads are one now.',
  suggestion_dismissed: 'The two leads stay apart.',
  key_revoked: 'The key is revoked.',
  user_changed: 'The user is changed.',
  signed_out: 'You are signed out.',
  saved: 'Saved.',
};
