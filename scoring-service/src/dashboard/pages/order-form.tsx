import type { Order } from '../../orders/order-schema.js';
import { Check, Field, Select } from '../components/fields.js';
import type { Form } from '../form.js';
import type { Problem } from '../screen.js';

export function verticalsOf(form: Form): string[] {
  return form
    .get('verticals')
    .split(/[,\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** The fields that creating and editing share. */
export function Fields({ order, problem }: { order: Order | null; problem: Problem | null }) {
  const field = { problem };
  return (
    <>
      <div class="fields">
        <Field {...field} name="name" label="Name" value={order?.name} required maxlength={200} />
        <Field
          {...field}
          name="verticals"
          label="Verticals"
          hint="With commas between. All takes every lead."
          value={order?.verticals.join(', ')}
          required
        />
        <Field
          {...field}
          name="total_leads"
          label="Leads in all"
          hint="Per month for monthly orders."
          type="number"
          min={1}
          value={order?.total_leads}
          required
        />
        <Field
          {...field}
          name="credit_score_min"
          label="Credit minimum"
          hint="300 to 850; from 600 on it shuts leads out. Blank for none."
          inputmode="numeric"
          value={order?.credit_score_min}
        />
        <Field
          {...field}
          name="loan_min"
          label="Loan minimum"
          hint="Blank or 0 for none."
          inputmode="decimal"
          value={order?.loan_min}
        />
        <Field
          {...field}
          name="loan_max"
          label="Loan maximum"
          hint="Blank or 0 for none."
          inputmode="decimal"
          value={order?.loan_max}
        />
        <Select
          {...field}
          name="priority"
          label="Priority"
          hint="High adds 8 points."
          value={order?.priority ?? 'normal'}
          options={[
            ['normal', 'Normal'],
            ['high', 'High'],
          ]}
        />
      </div>
      <Check
        name="bonus_mode"
        label="Bonus mode: go on taking leads after the last one"
        checked={problem === null ? order?.bonus_mode === true : problem.typed.has('bonus_mode')}
      />
    </>
  );
}

export const COMMON = ['name', 'total_leads', 'priority'];

export const CLEARABLE = ['credit_score_min', 'loan_min', 'loan_max'];
