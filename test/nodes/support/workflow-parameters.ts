import type { Property, Values, WorkflowNode } from './workflow-types.js';

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isExpression = (value: unknown): boolean =>
  typeof value === 'string' && value.startsWith('=');

/** One condition of displayOptions: a plain value, or n8n's `{_cnd: {gte: 2}}`. */
function meets(value: unknown, wanted: unknown): boolean {
  const condition = isValues(wanted) ? wanted._cnd : undefined;
  if (!isValues(condition)) return value === wanted;
  return Object.entries(condition).every(([kind, limit]) => {
    if (kind === 'eq') return value === limit;
    if (kind === 'not') return value !== limit;
    if (kind === 'exists') return value !== undefined && value !== null && value !== '';
    const [one, other] = [value as number, limit as number];
    if (kind === 'gte') return one >= other;
    if (kind === 'lte') return one <= other;
    if (kind === 'gt') return one > other;
    return kind === 'lt' && one < other;
  });
}

/** The node, and its outermost parameters. */
export interface Scope {
  node: WorkflowNode;
  root: Level;
}

/** The parameters of one level of nesting, and how they are described. */
export interface Level {
  values: Values;
  properties: readonly Property[];
}

/** A parameter's value, or the default of the description that is shown. */
function valueOf(name: string, level: Level, scope: Scope): unknown {
  if (name === '@version') return scope.node.typeVersion;
  if (name === '@tool') return false;
  if (name.startsWith('/')) return valueOf(name.slice(1), scope.root, scope);
  const [first = '', ...rest] = name.split('.');
  let value = level.values[first];
  if (value === undefined) {
    const described = level.properties.filter((property) => property.name === first);
    value = (described.find((property) => isShown(property, level, scope)) ?? described[0])
      ?.default;
  }
  for (const step of rest) value = isValues(value) ? value[step] : undefined;
  return isValues(value) && value.__rl === true ? value.value : value;
}

/** Whether n8n shows a parameter for these values. An expression may be anything, so it fits. */
function isShown({ displayOptions }: Property, level: Level, scope: Scope): boolean {
  const fits = ([name, wanted]: [string, unknown]): boolean => {
    const value = valueOf(name, level, scope);
    if (isExpression(value)) return true;
    const values = Array.isArray(value) ? value : [value];
    const list = Array.isArray(wanted) ? wanted : [wanted];
    return list.some((one) => values.some((each) => meets(each, one)));
  };
  return (
    Object.entries(displayOptions?.show ?? {}).every(fits) &&
    !Object.entries(displayOptions?.hide ?? {}).some(fits)
  );
}

const namesOf = (options: readonly unknown[] | undefined): Property[] =>
  (options ?? []).filter(isValues) as unknown as Property[];

/** What is wrong with one value, by its parameter's type. */
function valueFaults(value: unknown, property: Property, path: string, scope: Scope): string[] {
  if (isExpression(value)) return [];
  const wrong = (what: string): string[] => [`${path} ${what}`];
  switch (property.type) {
    case 'options':
    case 'multiOptions': {
      if (property.typeOptions?.loadOptionsMethod !== undefined) return [];
      const known = namesOf(property.options).map((option) => (option as unknown as Values).value);
      const given: unknown[] = property.type === 'options' ? [value] : (value as unknown[]);
      if (!Array.isArray(given)) return wrong('is not a list');
      return given
        .filter((one) => !known.includes(one))
        .flatMap((one) => wrong(`has no option ${JSON.stringify(one)}`));
    }
    case 'boolean':
    case 'number':
    case 'string':
      return typeof value === property.type ? [] : wrong(`is not a ${property.type}`);
    case 'collection':
      if (!isValues(value)) return wrong('is not a group of fields');
      return levelFaults({ values: value, properties: namesOf(property.options) }, path, scope);
    case 'fixedCollection': {
      if (!isValues(value)) return wrong('is not a group of fields');
      return Object.entries(value).flatMap(([name, entries]) => {
        const group = namesOf(property.options).find((option) => option.name === name);
        if (group === undefined) return [`${path}.${name} is not a parameter`];
        const properties = namesOf((group as unknown as Values).values as unknown[]);
        return (Array.isArray(entries) ? entries : [entries]).flatMap((entry: Values, index) =>
          levelFaults({ values: entry, properties }, `${path}.${name}[${index}]`, scope),
        );
      });
    }
    case 'resourceLocator': {
      const modes = namesOf(property.modes).map(({ name }) => name);
      if (!isValues(value) || value.__rl !== true || !modes.includes(String(value.mode))) {
        return wrong(`is not a choice of the modes ${modes.join(', ')}`);
      }
      return value.value === '' && property.required === true ? wrong('is required') : [];
    }
    case 'filter': {
      const parts = isValues(value) && Array.isArray(value.conditions) && isValues(value.options);
      return parts ? [] : wrong('is not a set of conditions');
    }
    case 'assignmentCollection':
      return isValues(value) && Array.isArray(value.assignments)
        ? []
        : wrong('is not a list of fields to set');
    default:
      return [];
  }
}

/**
 * What is wrong with the parameters of one level, each fault beginning with its path: unknown or
 * not shown for the other values, of another type or without such an option, required and empty.
 */
export function levelFaults(level: Level, path: string, scope: Scope): string[] {
  const faults = Object.entries(level.values).flatMap(([name, value]) => {
    const described = level.properties.filter((property) => property.name === name);
    const at = path === '' ? name : `${path}.${name}`;
    if (described.length === 0) return [`${at} is not a parameter`];
    const shown = described.filter((property) => isShown(property, level, scope));
    if (shown.length === 0) return [`${at} is not shown for these settings`];
    const found = shown.map((property) => valueFaults(value, property, at, scope));
    return found.find((list) => list.length === 0) ?? found[0] ?? [];
  });
  for (const property of level.properties) {
    if (property.required !== true || !isShown(property, level, scope)) continue;
    const value = valueOf(property.name, level, scope);
    const empty = value === undefined || value === null || value === '' || value === '=';
    if (empty || (Array.isArray(value) && value.length === 0)) {
      faults.push(`${path === '' ? '' : `${path}.`}${property.name} is required`);
    }
  }
  return [...new Set(faults)];
}
