import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from '../../shared/run';

/** What a resource brings to the LeadLoop node: its part of the form and its operations. */
export interface ResourceActions {
  properties: INodeProperties[];
  operations: Record<string, Operation>;
}
