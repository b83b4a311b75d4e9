import { createHash } from 'node:crypto';

import { stickyNode } from './notes.mjs';

/**
 * Puts workflows together. A function of what it is given alone: ids are derived from names, so that a
 * rebuilt workflow is the same workflow.
 */

/** A UUID that belongs to these words and to no others. */
function idOf(...words) {
  const hex = createHash('sha256').update(words.join('/')).digest('hex');
  const variant = ((parseInt(hex[16], 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Ids for conditions and assignments, which the editor needs to tell them apart. */
function withIds(value, path) {
  if (Array.isArray(value)) return value.map((part, index) => withIds(part, `${path}/${index}`));
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withIds(part, `${path}/${name}`)]),
  );
  const isPart = 'operator' in value || ('name' in value && 'value' in value && 'type' in value);
  return isPart ? { id: idOf(path), ...inner } : inner;
}

function connectionsOf(links) {
  const connections = {};
  for (const [from, output, to] of links) {
    connections[from] ??= { main: [] };
    const { main } = connections[from];
    while (main.length <= output) main.push([]);
    main[output].push({ node: to, type: 'main', index: 0 });
  }
  return connections;
}

/** A workflow as n8n exports one. */
export function workflow({ id, name, nodes, links, notes, pins, errorWorkflow }) {
  const all = [...notes.map(stickyNode), ...nodes];
  return {
    name,
    nodes: all.map(({ parameters, ...rest }) => ({
      parameters: withIds(parameters, `${id}/${rest.name}`),
      id: idOf(id, rest.name),
      ...rest,
    })),
    pinData: Object.fromEntries(Object.entries(pins).map(([key, json]) => [key, [{ json }]])),
    connections: connectionsOf(links),
    active: false,
    settings: {
      executionOrder: 'v1',
      ...(errorWorkflow === undefined ? {} : { errorWorkflow }),
    },
    versionId: idOf(id, 'version'),
    meta: {},
    id,
    tags: [],
  };
}
