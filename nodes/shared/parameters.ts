import {
  isExpression,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
} from 'n8n-workflow';

import { CallFailed, unusable } from './failure';
import { defaultReader } from './item-field';

export interface Parameters {
  /** The parameter's value for an item; undefined when the node has no such parameter. */
  value(name: string, item: number): unknown;
  /** As text without blanks around it, "" when absent. */
  text(name: string, item: number): string;
  /** As text; a failure that names the parameter when it is blank. */
  required(name: string, label: string, item: number): string;
  flag(name: string, item: number): boolean;
  /** A collection's values. */
  group(name: string, item: number): IDataObject;
  /** What a resource locator points at, "" when nothing is chosen. */
  located(name: string, item: number): string;
  /** An object from a JSON field, given as text or as an object. */
  json(name: string, label: string, item: number): IDataObject;
}

function hasExpression(raw: unknown): boolean {
  if (typeof raw === 'string') return isExpression(raw);
  if (typeof raw !== 'object' || raw === null) return false;
  return Object.values(raw).some(hasExpression);
}

function asText(value: unknown): string {
  return value === undefined || value === null ? '' : String(value as string | number).trim();
}

const NOT_JSON = Symbol('not JSON');

/** A JSON field's content, which arrives as text or already parsed; undefined when left empty. */
function parseJson(value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return NOT_JSON;
  }
}

/** A JSON field's object, {} when left empty. */
export function parseObject(value: unknown, label: string): IDataObject {
  const parsed = parseJson(value) ?? {};
  if (typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as IDataObject;
  throw new CallFailed(
    unusable(
      `"${label}" is not a JSON object`,
      `Give "${label}" as an object such as {"key": "value"}.`,
    ),
  );
}

/** A JSON field's list of objects, [] when left empty. */
export function parseList(value: unknown, label: string): IDataObject[] {
  const parsed = parseJson(value) ?? [];
  if (Array.isArray(parsed)) return parsed as IDataObject[];
  throw new CallFailed(
    unusable(
      `"${label}" is not a JSON array`,
      `Give "${label}" as an array such as [{"key": "value"}].`,
    ),
  );
}

/**
 * Reads parameters with as little of n8n's expression engine as possible: a fixed value is read
 * once for all items, an unchanged default straight from the item, anything else per item.
 */
export function readParameters(
  context: IExecuteFunctions,
  items: readonly INodeExecutionData[],
): Parameters {
  const raw = (context.getNode().parameters ?? {}) as Record<string, unknown>;
  const fixed = new Map<string, unknown>();

  const value = (name: string, item: number): unknown => {
    if (fixed.has(name)) return fixed.get(name);
    const stored = raw[name];
    const reader = defaultReader(stored);
    if (reader !== undefined) return reader(items[item]?.json ?? {});
    // A parameter that the chosen operation hides is not there at all; null stands for that.
    const read = (context.getNodeParameter(name, item, null) as unknown) ?? undefined;
    if (stored !== undefined && !hasExpression(stored)) fixed.set(name, read);
    return read;
  };
  const text = (name: string, item: number): string => asText(value(name, item));

  return {
    value,
    text,
    required(name, label, item) {
      const found = text(name, item);
      if (found !== '') return found;
      throw new CallFailed(
        unusable(
          `"${label}" is empty`,
          `Fill in "${label}", or map it to a field that every item has.`,
        ),
      );
    },
    flag: (name, item) => value(name, item) === true || value(name, item) === 'true',
    group: (name, item) => (value(name, item) ?? {}) as IDataObject,
    located(name, item) {
      const found = value(name, item);
      if (typeof found === 'object' && found !== null && 'value' in found)
        return asText(found.value);
      return asText(found);
    },
    json: (name, label, item) => parseObject(value(name, item), label),
  };
}
