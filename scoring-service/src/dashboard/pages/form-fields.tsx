import type { Form as RegisteredForm } from '../../forms/form-schema.js';
import { Field, Select } from '../components/fields.js';
import type { Problem } from '../screen.js';

/** What a form of the registry is made of, for a new one and for an edit. */
export function FormFields({
  form,
  businesses,
  problem,
}: {
  form: RegisteredForm | null;
  businesses: readonly (readonly [string, string])[];
  problem: Problem | null;
}) {
  return (
    <div class="fields">
      {form === null ? (
        <Field
          name="form_id"
          label="Form id"
          hint="As its submissions carry it in form_id."
          required
          maxlength={200}
          problem={problem}
        />
      ) : (
        <></>
      )}
      <Field
        name="name"
        label="Name"
        value={form?.name}
        required
        maxlength={200}
        problem={problem}
      />
      <Select
        name="business_id"
        label="Business"
        value={form?.business_id}
        options={businesses}
        problem={problem}
      />
      <Field
        name="required_fields"
        label="Required fields"
        value={form?.required_fields.join(', ')}
        hint="Beside a name and an e-mail or a phone; with commas between, such as service, postal_code."
        problem={problem}
      />
    </div>
  );
}
