import { DateTime } from 'luxon';

import { iso } from '../../core/clock.js';
import { AppError, invalid } from '../../core/errors.js';
import { backtestSchema, type BacktestInput } from '../../routing/backtest/request-schema.js';
import { Field, Select } from '../components/fields.js';
import { PostForm } from '../components/form.js';
import { check, listOf, pick, type Form } from '../form.js';
import type { Problem } from '../screen.js';

export const BACKTESTS_PATH = '/backtests';

const UNCHANGED = ['', 'As it is'] as const;
const NUMBERS = ['credit_score_min', 'loan_min', 'loan_max', 'total_leads'] as const;
const CHOICES = ['priority', 'status', 'bonus_mode'] as const;
/** Midnight of a day in the service's zone, days later if asked. */
function midnight(form: Form, name: string, timezone: string, later = 0): string | undefined {
  const typed = form.get(name);
  if (typed === '') return undefined;
  const day = DateTime.fromFormat(typed, 'yyyy-MM-dd', { zone: timezone });
  if (!day.isValid) throw invalid({ [name]: 'must be a date' });
  return iso(day.startOf('day').plus({ days: later }).toMillis());
}

/** The change of the one order that the form names, or nothing. */
function readChange(form: Form): Record<string, unknown>[] | undefined {
  const change: Record<string, unknown> = pick(form, [...NUMBERS, ...CHOICES]);
  // A word, because a blank field means "as it is".
  if (/^none$/i.test(form.get('credit_score_min'))) change.credit_score_min = null;
  const verticals = listOf(form, 'verticals');
  if (verticals.length > 0) change.verticals = verticals;
  const orderId = form.get('order_id');
  if (orderId === '') {
    if (Object.keys(change).length === 0) return undefined;
    throw invalid({ order_id: 'is required for a change of an order' });
  }
  return [{ order_id: orderId, ...change }];
}

/** The fields of the request that the form has, named as the form names them. */
function namedAsTyped(error: AppError): AppError {
  const details = Object.entries(error.options.details ?? {}).map(([name, rule]) => {
    const field = name.replace(/^changes\.0\./, '');
    return [field === 'changes.0' ? 'order_id' : field, String(rule)] as const;
  });
  return invalid(Object.fromEntries(details), error.code, error.message);
}

/** Calls what may refuse the request, and names the form's fields in what it says. */
export async function sayingFields<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof AppError && error.status === 400 ? namedAsTyped(error) : error;
  }
}

/** What the form asks for, checked as the API checks it. */
export function readBacktest(form: Form, timezone: string): BacktestInput {
  return check(backtestSchema, {
    from: midnight(form, 'from', timezone),
    // The last day is part of the range.
    to: midnight(form, 'to', timezone, 1),
    changes: readChange(form),
    ...pick(form, ['start', 'credit_floor']),
  });
}

/** Asks for a backtest: a range of days, and what would have been different. */
export function BacktestForm({
  orders,
  orderId,
  firstDay,
  problem,
}: {
  orders: readonly (readonly [string, string])[];
  orderId: string;
  firstDay: string;
  problem: Problem | null;
}) {
  return (
    <PostForm action="ask" path={BACKTESTS_PATH} problem={problem} label="New backtest">
      <div class="fields">
        <Field
          name="from"
          label="First day"
          type="date"
          value={firstDay}
          required
          problem={problem}
        />
        <Field name="to" label="Last day" type="date" hint="Blank: up to now." problem={problem} />
        <Select
          name="start"
          label="Orders begin"
          hint="How much of each order was filled before the first day."
          value="history"
          options={[
            ['history', 'As they stood then'],
            ['zero', 'Empty'],
            ['current', 'As they stand now'],
          ]}
          problem={problem}
        />
        <Field
          name="credit_floor"
          label="Credit floor"
          hint="Blank: as it is."
          inputmode="numeric"
          problem={problem}
        />
      </div>
      <div class="fields">
        <Select
          name="order_id"
          label="Order to change"
          hint="None: the orders as they are now are compared with what was decided."
          value={orderId}
          options={[['', 'None'], ...orders]}
          problem={problem}
        />
        <Field
          name="credit_score_min"
          label="Credit minimum"
          hint="Blank: as it is; the word none: no minimum."
          problem={problem}
        />
        <Field
          name="loan_min"
          label="Loan minimum"
          hint="Blank: as it is; 0: none."
          inputmode="decimal"
          problem={problem}
        />
        <Field
          name="loan_max"
          label="Loan maximum"
          hint="Blank: as it is; 0: none."
          inputmode="decimal"
          problem={problem}
        />
        <Field
          name="total_leads"
          label="Leads in all"
          hint="Blank: as it is."
          inputmode="numeric"
          problem={problem}
        />
        <Select
          name="priority"
          label="Priority"
          options={[UNCHANGED, ['normal', 'Normal'], ['high', 'High']]}
          problem={problem}
        />
        <Select
          name="status"
          label="Status"
          options={[UNCHANGED, ['active', 'Active'], ['paused', 'Paused']]}
          problem={problem}
        />
        <Select
          name="bonus_mode"
          label="Bonus mode"
          options={[UNCHANGED, ['true', 'On'], ['false', 'Off']]}
          problem={problem}
        />
        <Field
          name="verticals"
          label="Verticals"
          hint="Blank: as they are; else with commas between."
          problem={problem}
        />
      </div>
      <div>
        <button type="submit" class="primary">
          Run the backtest
        </button>
      </div>
    </PostForm>
  );
}
