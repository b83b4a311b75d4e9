import type { z } from 'zod';

import { invalid } from '../core/errors.js';
import { fieldErrors, REPORT_INPUT } from '../core/fields.js';

/** The fields of a posted form or of a query, by name; a name may come more than once. */
export interface Form {
  /** The last value, trimmed; '' when there is none. */
  get(name: string): string;
  all(name: string): string[];
  has(name: string): boolean;
}

export const EMPTY_FORM: Form = { get: () => '', all: () => [], has: () => false };

/** Reads what the parser of urlencoded bodies or of queries made; anything but text is ignored. */
export function toForm(values: unknown): Form {
  const fields = new Map<string, string[]>();
  if (typeof values === 'object' && values !== null) {
    for (const [name, value] of Object.entries(values)) {
      const list: unknown[] = Array.isArray(value) ? value : [value];
      fields.set(
        name,
        list.filter((one) => typeof one === 'string'),
      );
    }
  }
  const all = (name: string): string[] => fields.get(name) ?? [];
  return { get: (name) => all(name).at(-1)?.trim() ?? '', all, has: (name) => fields.has(name) };
}

/** The named fields that are not blank, as an object for a schema. */
export function pick(form: Form, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [name, form.get(name)] as const).filter(([, value]) => value !== ''),
  );
}

/** What a field holds that takes several, with commas or line breaks between. */
export function listOf(form: Form, name: string): string[] {
  return form
    .get(name)
    .split(/[,\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Checks values with the resource's own schema; 400 with a sentence per field. */
export function check<S extends z.ZodType>(schema: S, values: unknown): z.output<S> {
  const parsed = schema.safeParse(values, REPORT_INPUT);
  if (parsed.success) return parsed.data;
  throw invalid(fieldErrors(parsed.error), 'validation_error', 'Some fields need another value.');
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** True for text that has the form of an id of this service. */
export function isId(value: string): boolean {
  return UUID.test(value);
}
