/** What is read of a workflow's JSON and of n8n's descriptions of nodes. */

export type Values = Record<string, unknown>;

export type { Target, WorkflowFile, WorkflowNode } from '../../../scripts/n8n/workflow-files.js';

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
