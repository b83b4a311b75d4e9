import type { WorkflowFile, WorkflowNode } from '../../../scripts/n8n/workflow-files.js';
import type { Json } from './executions.js';

/** What stands in the place of our nodes. */
export interface Shape {
  /** The last part of its webhook's path. */
  path: string;
  webhookId: string;
  instead(ours: WorkflowNode): Pick<WorkflowNode, 'type' | 'typeVersion' | 'parameters'>;
  /** Whether what stands there has the outputs of ours; others have one. */
  branches?: boolean;
}

/** Nodes that hand their item on. */
export const NOTHING: Shape = {
  path: 'same-shape',
  webhookId: '00000000-0000-4000-8000-000000000001',
  instead: () => ({ type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} }),
};

/** n8n's own nodes for requests, each of which asks `url` once. */
export const requestsTo = (url: string): Shape => ({
  path: 'requests',
  webhookId: '00000000-0000-4000-8000-000000000002',
  instead: () => ({
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
    parameters: {
      method: 'POST',
      url,
      sendBody: true,
      specifyBody: 'json',
      jsonBody: '{"lead": 1}',
      options: {},
    },
  }),
});

/** Our nodes themselves, with another credential. */
export const oursWith = (credential: { id: string; name: string }): Shape => ({
  path: 'stand-in',
  webhookId: '00000000-0000-4000-8000-000000000003',
  instead: (ours) => ({ ...ours, credentials: { leadLoopApi: { ...credential } } }),
  branches: true,
});

/** The first output alone of the nodes that were put in. */
function firstOutputs(workflow: WorkflowFile, replaced: ReadonlySet<string>): Json {
  return Object.fromEntries(
    Object.entries(workflow.connections).map(([name, { main }]) => [
      name,
      { main: replaced.has(name) ? main.slice(0, 1) : main },
    ]),
  );
}

/** The lead-distribution workflow with other nodes in the place of ours. */
export function sameShape(workflow: WorkflowFile, secret: string, shape: Shape): Json {
  const ours = workflow.nodes.filter(({ type }) => type.startsWith('n8n-nodes-leadloop.'));
  const replaced = new Set(ours.map(({ name }) => name));
  const nodes = workflow.nodes.map((node) => {
    if (replaced.has(node.name)) {
      const { id, name, position } = node;
      return { ...shape.instead(node), id, name, position };
    }
    if (node.type === 'n8n-nodes-base.webhook') {
      const parameters = { ...node.parameters, path: `leadloop/${shape.path}` };
      return { ...node, webhookId: shape.webhookId, parameters };
    }
    return JSON.parse(
      JSON.stringify(node).replace(
        /"name":"lead_secret","value":""/,
        `"name":"lead_secret","value":"${secret}"`,
      ),
    ) as WorkflowNode;
  });
  const settings = { executionOrder: 'v1' };
  const connections =
    shape.branches === true ? workflow.connections : firstOutputs(workflow, replaced);
  return { name: `Shape: ${shape.path}`, nodes, connections, settings };
}
