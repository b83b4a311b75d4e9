import { expressionFaults } from './workflow-expressions.js';
import { levelFaults } from './workflow-parameters.js';
import type { NodeDescription, Values, WorkflowFile, WorkflowNode } from './workflow-types.js';

export type { NodeDescription, WorkflowFile, WorkflowNode } from './workflow-types.js';

/**
 * Checks a workflow's JSON against the descriptions of its nodes: n8n's own, or those that its
 * package loader gives for ours. Plain TypeScript that Node runs after stripping the types.
 */

const OURS = 'n8n-nodes-leadloop.';

/** The names of a node's outputs, the Error output last; null when they cannot be told. */
export function outputNamesOf(node: WorkflowNode, description: NodeDescription): string[] | null {
  const error = node.onError === 'continueErrorOutput' ? ['Error'] : [];
  const { outputs, outputNames } = description;
  if (Array.isArray(outputs)) {
    return [...outputs.map((_, index) => outputNames?.[index] ?? `Output ${index}`), ...error];
  }
  switch (node.type) {
    case 'n8n-nodes-base.webhook':
      return Array.isArray(node.parameters.httpMethod) ? null : ['Request', ...error];
    case 'n8n-nodes-base.respondToWebhook':
      return ['Input', ...(node.parameters.enableResponseOutput ? ['Response'] : []), ...error];
    case 'n8n-nodes-base.switch': {
      const { rules, options } = node.parameters as { rules?: Values; options?: Values };
      if (!Array.isArray(rules?.values)) return null;
      const cases = rules.values.map((rule: Values, index) => String(rule.outputKey ?? index));
      const extra =
        options?.fallbackOutput === 'extra'
          ? [String(options.renameFallbackOutput ?? 'Fallback')]
          : [];
      return [...cases, ...extra, ...error];
    }
    default:
      return null;
  }
}

const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];

/**
 * Every fault of a workflow as a sentence, none for a sound one: ids, names and webhook ids are
 * unique; types and versions exist; parameters are known, shown for their operation, of their
 * type and options, the required ones present; expressions can be read and read nodes that exist;
 * connections lead from outputs that exist to nodes that exist and take input; every node is
 * reached; every output of our nodes, of choices and of Error outputs leads somewhere.
 */
export function checkWorkflow(
  workflow: WorkflowFile,
  descriptions: readonly NodeDescription[],
): string[] {
  const faults: string[] = [];
  const { nodes, connections } = workflow;
  const webhookIds = nodes.flatMap(({ webhookId }) => (webhookId === undefined ? [] : [webhookId]));
  for (const [what, values] of [
    ['node id', nodes.map(({ id }) => id)],
    ['node name', nodes.map(({ name }) => name)],
    ['webhook id', webhookIds],
  ] as const) {
    for (const value of repeated(values)) faults.push(`The ${what} ${value} is used twice`);
  }
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const reached = new Set(
    Object.values(connections).flatMap(({ main }) =>
      main.flatMap((to) => to ?? []).map((to) => to.node),
    ),
  );
  const descriptionOf = (node: WorkflowNode): NodeDescription | undefined =>
    descriptions.find(
      ({ name, version }) =>
        name === node.type &&
        (Array.isArray(version) ? version : [version]).includes(node.typeVersion),
    );

  for (const node of nodes) {
    const at = `"${node.name}"`;
    const description = descriptionOf(node);
    if (description === undefined) {
      faults.push(`${at} is a ${node.type} ${node.typeVersion}, which does not exist`);
      continue;
    }
    if (description.properties !== undefined) {
      const root = { values: node.parameters, properties: description.properties };
      const found = levelFaults(root, '', { node, root });
      faults.push(...found.map((fault) => `${at}: ${fault}`));
    }
    const names = outputNamesOf(node, description);
    if (names === null) faults.push(`${at}: its outputs cannot be told`);
    const main = connections[node.name]?.main ?? [];
    main.slice(names?.length ?? 0).forEach((to, index) => {
      if ((to ?? []).length > 0) {
        faults.push(`${at} has no output ${(names?.length ?? 0) + index}, but it is connected`);
      }
    });
    const mustLead = node.type.startsWith(OURS) || (names ?? []).length > 1;
    (names ?? []).forEach((name, index) => {
      if (mustLead && (main[index] ?? []).length === 0) {
        faults.push(`${at}: the output "${name}" leads nowhere`);
      }
    });
    const takesInput = !Array.isArray(description.inputs) || description.inputs.length > 0;
    if (takesInput && !reached.has(node.name)) faults.push(`${at} is never reached`);
    if (!takesInput && reached.has(node.name)) faults.push(`${at} takes no input`);
  }
  for (const [from, { main }] of Object.entries(connections)) {
    if (!byName.has(from)) faults.push(`A connection begins at "${from}", which does not exist`);
    for (const target of main.flatMap((to) => to ?? [])) {
      if (!byName.has(target.node)) {
        faults.push(`"${from}" leads to "${target.node}", which does not exist`);
      } else if (target.type !== 'main' || target.index !== 0) {
        faults.push(`"${from}" leads to an input of "${target.node}" that does not exist`);
      }
    }
  }
  return [...faults, ...expressionFaults(workflow)];
}
