import { CallFailed, unusable } from './failure';
import type { Parameters } from './parameters';

/** The id that a resource locator points at; a failure that names it when nothing is chosen. */
export function locatedId(
  parameters: Parameters,
  name: string,
  label: string,
  item: number,
): string {
  const id = parameters.located(name, item);
  if (id !== '') return id;
  throw new CallFailed(
    unusable(
      `"${label}" is empty`,
      `Choose one from the list, or map "${label}" to the field that holds its ID.`,
    ),
  );
}

/** An id as part of a path. */
export function pathId(parameters: Parameters, name: string, label: string, item: number): string {
  return encodeURIComponent(locatedId(parameters, name, label, item));
}
