import type { IDataObject, IDisplayOptions, INodeProperties } from 'n8n-workflow';

import type { Parameters } from './parameters';

/** The same properties, shown only for these values of other parameters. */
export function showFor(
  show: NonNullable<IDisplayOptions['show']>,
  properties: readonly INodeProperties[],
): INodeProperties[] {
  return properties.map((property) => ({
    ...property,
    displayOptions: { show: { ...show, ...property.displayOptions?.show } },
  }));
}

export const simplifyProperty: INodeProperties = {
  displayName: 'Simplify',
  name: 'simplify',
  type: 'boolean',
  default: true,
  description: 'Whether to return a simplified version of the response instead of the raw data',
};

export const includeInputOption: INodeProperties = {
  displayName: 'Include Input Fields',
  name: 'includeInput',
  type: 'boolean',
  default: true,
  description: 'Whether to keep the fields of the input item, under "input" of the output item',
};

/** The usual pair of a list operation. */
export const listProperties: INodeProperties[] = [
  {
    displayName: 'Return All',
    name: 'returnAll',
    type: 'boolean',
    default: false,
    description: 'Whether to return all results or only up to a given limit',
  },
  {
    displayName: 'Limit',
    name: 'limit',
    type: 'number',
    typeOptions: { minValue: 1 },
    default: 50,
    description: 'Max number of results to return',
    displayOptions: { show: { returnAll: [false] } },
  },
];

/** A member of a body: the parameter it comes from, as text without blanks. */
export function textBody(
  parameters: Parameters,
  item: number,
  members: Record<string, string>,
): IDataObject {
  return Object.fromEntries(
    Object.entries(members).map(([member, name]) => [member, parameters.text(name, item)]),
  );
}

/** Drops what was left empty: to the service it means the same as absent. */
export function filled(values: IDataObject): IDataObject {
  const kept: IDataObject = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string' || value.trim() !== '') kept[name] = value;
  }
  return kept;
}

/** "MCA, SBA" or an array, as a list of texts. */
export function textList(value: unknown): string[] {
  const parts: unknown[] = Array.isArray(value) ? value : String(value ?? '').split(',');
  return parts.map((part) => String(part).trim()).filter((part) => part !== '');
}

/** These members of an object, null where it has none. */
export function pick(object: IDataObject, names: readonly string[]): IDataObject {
  return Object.fromEntries(names.map((name) => [name, object[name] ?? null]));
}
