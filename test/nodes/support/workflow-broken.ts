import type { INodeType } from 'n8n-workflow';

import { shippedWorkflows } from '../../../scripts/n8n/workflow-files.js';
import { loadPackage, PACKAGE } from './engine.js';
import { CORE_NODES } from './workflow-core-nodes.js';
import type { NodeDescription, WorkflowFile, WorkflowNode } from './workflow-types.js';

/** What breaks a workflow; `named` finds a node of it. */
export type Break = (workflow: WorkflowFile, named: (name: string) => WorkflowNode) => void;

/** A case of a table: what is broken, in which workflow, how, and a part of what must be said. */
export type Breakage = [what: string, workflow: string, breakIt: Break, sentence: string];

/** Every node that the workflows use: ours as n8n's loader gives them, n8n's own by their facts. */
export async function nodeDescriptions(): Promise<NodeDescription[]> {
  const loader = await loadPackage();
  const ours = Object.keys(loader.known.nodes).map((name) => {
    const { description } = loader.getNode(name).type as INodeType;
    return { ...description, name: `${PACKAGE}.${name}` } as unknown as NodeDescription;
  });
  return [...CORE_NODES, ...ours];
}

/** A shipped workflow as its file has it. */
export function shipped(name: string): WorkflowFile {
  const workflow = shippedWorkflows().get(name);
  if (workflow === undefined) throw new Error(`There is no workflow ${name}.`);
  return workflow;
}

/** A shipped workflow, broken in memory. */
export function broken(name: string, breakIt: Break): WorkflowFile {
  const workflow = shipped(name);
  breakIt(workflow, (wanted) => {
    const found = workflow.nodes.find((node) => node.name === wanted);
    if (found === undefined) throw new Error(`There is no node ${wanted}.`);
    return found;
  });
  return workflow;
}

/** Gives a node other parameters beside those it has. */
export function set(node: WorkflowNode, parameters: Record<string, unknown>): void {
  node.parameters = { ...node.parameters, ...parameters };
}

/** Leads an output to these nodes instead. */
export function connect(
  workflow: WorkflowFile,
  from: string,
  output: number,
  to: readonly string[],
): void {
  const main = (workflow.connections[from] ??= { main: [] }).main;
  while (main.length <= output) main.push([]);
  main[output] = to.map((node) => ({ node, type: 'main', index: 0 }));
}
