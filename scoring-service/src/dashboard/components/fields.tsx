import type { Children } from '@kitajs/html';
import type { Problem } from '../screen.js';
import { attr } from './attr.js';

interface FieldProps {
  name: string;
  label: string;
  /** A line of help under the label. */
  hint?: string;
  value?: string | number | null;
  problem?: Problem | null;
  required?: boolean;
  /** Apart from the name, when a page has several forms. */
  id?: string;
}

/** What was typed before the form was refused, else the value it has. */
function shown({ name, value, problem }: FieldProps): string {
  if (problem != null && problem.typed.has(name)) return problem.typed.get(name);
  return value === null || value === undefined ? '' : String(value);
}

function describedBy(id: string, hint: string | undefined, error: string | undefined) {
  const ids = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`];
  return ids.filter((part) => part !== '').join(' ') || undefined;
}

function Around({
  id,
  field,
  error,
  children,
}: {
  id: string;
  field: FieldProps;
  error: string | undefined;
  children: Children;
}) {
  return (
    <div class={error === undefined ? 'field' : 'field wrong'}>
      <label for={id}>
        <span safe>{field.label}</span>
        {field.required === true ? <span class="faint"> (required)</span> : <></>}
      </label>
      {children}
      {field.hint === undefined ? (
        <></>
      ) : (
        <p class="hint" id={`${id}-hint`} safe>
          {field.hint}
        </p>
      )}
      {error === undefined ? (
        <></>
      ) : (
        <p class="error" id={`${id}-error`} safe>
          {`${field.label} ${error}`}
        </p>
      )}
    </div>
  );
}

/** One line of text with its label, help and what is wrong with it. */
export function Field(
  props: FieldProps & {
    type?:
      | 'text'
      | 'email'
      | 'password'
      | 'number'
      | 'search'
      | 'date'
      | 'datetime-local'
      | 'tel'
      | 'url';
    min?: number;
    max?: number;
    step?: string;
    autocomplete?: string;
    inputmode?: string;
    list?: string;
    maxlength?: number;
  },
) {
  const id = props.id ?? props.name;
  const error = props.problem?.fields[props.name];
  return (
    <Around id={id} field={props} error={error}>
      <input
        id={id}
        name={props.name}
        type={props.type ?? 'text'}
        value={props.type === 'password' ? undefined : attr(shown(props))}
        required={props.required}
        min={props.min}
        max={props.max}
        step={props.step}
        maxlength={props.maxlength}
        autocomplete={props.autocomplete ?? 'off'}
        inputmode={props.inputmode}
        list={props.list}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={describedBy(id, props.hint, error)}
      />
    </Around>
  );
}

/** Several lines of text. */
export function TextArea(props: FieldProps & { rows?: number }) {
  const id = props.id ?? props.name;
  const error = props.problem?.fields[props.name];
  return (
    <Around id={id} field={props} error={error}>
      <textarea
        id={id}
        name={props.name}
        rows={String(props.rows ?? 3)}
        required={props.required}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={describedBy(id, props.hint, error)}
        safe
      >
        {/* A line break right after the tag is dropped by browsers. */}
        {`\n${shown(props)}`}
      </textarea>
    </Around>
  );
}

/** One choice of several; the first entry may be the empty one. */
export function Select(
  props: FieldProps & { options: readonly (readonly [value: string, text: string])[] },
) {
  const id = props.id ?? props.name;
  const error = props.problem?.fields[props.name];
  const chosen = shown(props);
  return (
    <Around id={id} field={props} error={error}>
      <select
        id={id}
        name={props.name}
        required={props.required}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={describedBy(id, props.hint, error)}
      >
        {props.options.map(([value, text]) => (
          <option value={attr(value)} selected={value === chosen} safe>
            {text}
          </option>
        ))}
      </select>
    </Around>
  );
}

/** Yes or no. Sends `true`, or nothing. */
export function Check({
  name,
  label,
  checked,
  id = name,
  hint,
  value = 'true',
}: {
  name: string;
  label: string;
  checked: boolean;
  id?: string;
  hint?: string;
  value?: string;
}) {
  return (
    <div class="field check">
      <input
        type="checkbox"
        id={id}
        name={name}
        value={value}
        checked={checked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      <label for={id} safe>
        {label}
      </label>
      {hint === undefined ? (
        <></>
      ) : (
        <p class="hint" id={`${id}-hint`} safe>
          {hint}
        </p>
      )}
    </div>
  );
}
