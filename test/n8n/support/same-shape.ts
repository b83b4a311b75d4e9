import type { WorkflowFile, WorkflowNode } from '../../../scripts/n8n/workflow-files.js';
import type { Json } from './executions.js';

const PATH = 'leadloop/same-shape';

/** A node that hands its item on, where one of ours stands in the shipped workflow. */
const nothing = (node: WorkflowNode): WorkflowNode => ({
  id: node.id,
  name: node.name,
  position: node.position,
  type: 'n8n-nodes-base.noOp',
  typeVersion: 1,
  parameters: {},
});

/** The first output alone of the nodes that do nothing. */
function firstOutputs(workflow: WorkflowFile, replaced: ReadonlySet<string>): Json {
  return Object.fromEntries(
    Object.entries(workflow.connections).map(([name, { main }]) => [
      name,
      { main: replaced.has(name) ? main.slice(0, 1) : main },
    ]),
  );
}

/** The lead-distribution workflow with nodes that do nothing in the place of ours. */
export function sameShape(workflow: WorkflowFile, secret: string): Json {
  const ours = workflow.nodes.filter(({ type }) => type.startsWith('n8n-nodes-leadloop.'));
  const replaced = new Set(ours.map(({ name }) => name));
  const nodes = workflow.nodes.map((node) => {
    if (replaced.has(node.name)) return nothing(node);
    if (node.type === 'n8n-nodes-base.webhook') {
      const webhookId = '00000000-0000-4000-8000-000000000001';
      return { ...node, webhookId, parameters: { ...node.parameters, path: PATH } };
    }
    return JSON.parse(
      JSON.stringify(node).replace(
        /"name":"lead_secret","value":""/,
        `"name":"lead_secret","value":"${secret}"`,
      ),
    ) as WorkflowNode;
  });
  const settings = { executionOrder: 'v1' };
  const connections = firstOutputs(workflow, replaced);
  return { name: 'Same shape', nodes, connections, settings };
}

export const SAME_SHAPE_PATH = 'same-shape';
