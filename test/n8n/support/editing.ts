import type { Rest } from '../../../scripts/n8n/rest.js';
import type { WorkflowFile, WorkflowNode } from '../../../scripts/n8n/workflow-files.js';
import type { Json } from './executions.js';

type Parameters = WorkflowNode['parameters'];

/** What a user does to a workflow in the editor. */
export interface Editing {
  /** Changes values of a workflow's Settings node and publishes it. */
  edit(workflow: string, values: Record<string, string | number>): Promise<void>;
  /** Changes parameters of one of its nodes and publishes it. */
  change(
    workflow: string,
    node: string,
    parameters: (now: Parameters) => Parameters,
  ): Promise<void>;
  /** Adds a workflow and publishes it. */
  add(workflow: Json): Promise<void>;
}

/** The Settings node with other values; all of them must be there already. */
function withValues(parameters: Parameters, values: Record<string, string | number>): Parameters {
  const { assignments } = parameters as { assignments: { assignments: Json[] } };
  const known = assignments.assignments.map(({ name }) => String(name));
  for (const name of Object.keys(values)) {
    if (!known.includes(name)) throw new Error(`Settings has no value ${name}.`);
  }
  const changed = assignments.assignments.map((one) => ({
    ...one,
    value: values[String(one.name)] ?? one.value,
  }));
  return { assignments: { ...assignments, assignments: changed } };
}

export function editing(rest: () => Rest, idOf: (workflow: string) => string): Editing {
  const change: Editing['change'] = async (name, nodeName, parameters) => {
    const id = idOf(name);
    const workflow = await rest().call<WorkflowFile & Json>('GET', `/workflows/${id}`);
    const nodes = workflow.nodes.map((node) =>
      node.name === nodeName
        ? { ...node, parameters: { ...node.parameters, ...parameters(node.parameters) } }
        : node,
    );
    const { connections, settings, versionId } = workflow;
    const body = { name: workflow.name, nodes, connections, settings, versionId };
    await rest().call('PATCH', `/workflows/${id}`, body);
    await rest().publish(id);
  };
  return {
    change,
    edit: (name, values) => change(name, 'Settings', (now) => withValues(now, values)),
    async add(workflow) {
      const { id } = await rest().call<{ id: string }>('POST', '/workflows', workflow);
      await rest().publish(id);
    },
  };
}
