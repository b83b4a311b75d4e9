import type { IDataObject } from 'n8n-workflow';

type Reader = (json: IDataObject) => unknown;

/** Readers of the default expressions, by the expression's text. */
const readers = new Map<string, Reader>();

function follow(json: IDataObject, steps: readonly string[]): unknown {
  let current: unknown = json;
  for (const step of steps) {
    if (current === undefined || current === null) return undefined;
    current = (current as IDataObject)[step];
  }
  return current;
}

/**
 * A default for a parameter: the first of these paths that the item has. Returns n8n's expression
 * for it, which the operator sees and can change. While it is unchanged the node reads the path
 * directly ({@link defaultReader}), because evaluating ten expressions per item costs n8n a
 * millisecond, and the same as asking the service.
 */
export function firstOf(...paths: readonly string[]): string {
  const expression = `={{ ${paths.map((path) => `$json.${path.replaceAll('.', '?.')}`).join(' ?? ')} }}`;
  const steps = paths.map((path) => path.split('.'));
  readers.set(expression, (json) => {
    for (const path of steps) {
      const value = follow(json, path);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  });
  return expression;
}

/** Where providers put a field: at the top of the item, in a webhook's body, or in its custom data. */
export function fromItem(...names: readonly string[]): string {
  return firstOf(
    ...names,
    ...names.map((name) => `body.${name}`),
    ...names.map((name) => `body.customData.${name}`),
  );
}

/** The reader for a parameter that still holds a default made here; undefined for any other value. */
export function defaultReader(raw: unknown): Reader | undefined {
  return typeof raw === 'string' ? readers.get(raw) : undefined;
}
