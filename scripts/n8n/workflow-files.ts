import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../workflows/', import.meta.url));

const OUR_NODES = 'n8n-nodes-leadloop.';

/** The credential that every imported node of ours gets. */
export const CREDENTIAL = { id: 'leadLoopApiLocal', name: 'LeadLoop' };

export interface WorkflowNode {
  id: string;
  name: string;
  type: string;
  typeVersion: number;
  position: [number, number];
  parameters: Record<string, unknown>;
  credentials?: Record<string, unknown>;
  onError?: string;
  webhookId?: string;
  [key: string]: unknown;
}

/** Where a connection leads. */
export interface Target {
  node: string;
  type: string;
  index: number;
}

/** A workflow as n8n exports one. */
export interface WorkflowFile {
  id: string;
  name: string;
  active: boolean;
  nodes: WorkflowNode[];
  connections: Record<string, { main: (Target[] | null)[] }>;
  settings: Record<string, unknown>;
  pinData: Record<string, { json: Record<string, unknown> }[]>;
  [key: string]: unknown;
}

/** The shipped workflows by file name without its extension, as they are in the repository. */
export function shippedWorkflows(): Map<string, WorkflowFile> {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort();
  return new Map(
    names.map((name) => [
      name.replace(/\.json$/, ''),
      JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as WorkflowFile,
    ]),
  );
}

/** The same workflow after a user has chosen the credential in each node of ours. */
export function withCredential(workflow: WorkflowFile): WorkflowFile {
  const nodes = workflow.nodes.map((node) =>
    node.type.startsWith(OUR_NODES)
      ? { ...node, credentials: { leadLoopApi: { ...CREDENTIAL } } }
      : node,
  );
  return { ...workflow, nodes };
}
