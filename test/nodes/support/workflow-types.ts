/** What is read of a workflow's JSON and of n8n's descriptions of nodes. */

export type Values = Record<string, unknown>;

export interface WorkflowNode {
  id: string;
  name: string;
  type: string;
  typeVersion: number;
  position: [number, number];
  parameters: Values;
  onError?: string;
  webhookId?: string;
  [key: string]: unknown;
}

export interface Target {
  node: string;
  type: string;
  index: number;
}

export interface WorkflowFile {
  id: string;
  name: string;
  active: boolean;
  nodes: WorkflowNode[];
  connections: Record<string, { main: (Target[] | null)[] }>;
  settings: Values;
  pinData: Record<string, { json: Values }[]>;
  [key: string]: unknown;
}

/** What is read of one of n8n's parameter descriptions. */
export interface Property {
  name: string;
  type: string;
  default?: unknown;
  required?: boolean;
  displayOptions?: { show?: Record<string, unknown>; hide?: Record<string, unknown> };
  options?: readonly unknown[];
  modes?: readonly unknown[];
  typeOptions?: Record<string, unknown>;
}

/** What is read of a node's description. Without `properties` its parameters are not checked. */
export interface NodeDescription {
  /** With its package, such as `n8n-nodes-base.set`. */
  name: string;
  version: number | readonly number[];
  inputs: unknown;
  outputs: unknown;
  outputNames?: readonly string[];
  properties?: readonly Property[];
}
