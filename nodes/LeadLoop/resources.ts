import { NodeOperationError, type INode, type INodeProperties } from 'n8n-workflow';

import { showFor } from '../shared/properties';
import type { Operation } from '../shared/run';
import { appointment } from './actions/appointment';
import { broker } from './actions/broker';
import { lead } from './actions/lead';
import { message } from './actions/message';
import { order } from './actions/order';
import type { ResourceActions } from './actions/resource-actions';
import { suppression } from './actions/suppression';
import { task } from './actions/task';

const resources: Record<string, ResourceActions> = {
  appointment,
  broker,
  lead,
  message,
  order,
  suppression,
  task,
};

/** The forms of all resources, each shown for its own. */
export const resourceProperties: INodeProperties[] = Object.entries(resources).flatMap(
  ([resource, { properties }]) => showFor({ resource: [resource] }, properties),
);

/** The operation that the parameters name; refuses what this version of the node has not. */
export function operationOf(node: INode, resource: string, operation: string): Operation {
  const found = resources[resource]?.operations[operation];
  if (found !== undefined) return found;
  throw new NodeOperationError(
    node,
    `This node has no operation "${operation}" for "${resource}"`,
    {
      description: 'Choose the resource and the operation again, or update n8n-nodes-leadloop.',
    },
  );
}
