import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

import { ONE } from '../shared/connections';
import { listSearch } from '../shared/locators';
import { runOperation } from '../shared/run';
import { operationOf, resourceProperties } from './resources';

export class LeadLoop implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'LeadLoop',
    name: 'leadLoop',
    icon: { light: 'file:leadLoop.svg', dark: 'file:leadLoop.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Work with leads, callback tasks, appointments, messages, brokers and orders',
    defaults: { name: 'LeadLoop' },
    inputs: ONE,
    outputs: ONE,
    credentials: [{ name: 'leadLoopApi', required: true }],
    usableAsTool: true,
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        options: [
          { name: 'Appointment', value: 'appointment' },
          { name: 'Broker', value: 'broker' },
          { name: 'Lead', value: 'lead' },
          { name: 'Message', value: 'message' },
          { name: 'Order', value: 'order' },
          { name: 'Suppression', value: 'suppression' },
          { name: 'Task', value: 'task' },
        ],
        default: 'lead',
      },
      ...resourceProperties,
    ],
  };

  methods = { listSearch };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const resource = this.getNodeParameter('resource', 0, 'lead');
    const operation = this.getNodeParameter('operation', 0, '');
    return runOperation(this, operationOf(this.getNode(), resource, operation), {
      outputs: 1,
      failedOutput: 0,
      includesInput: false,
    });
  }
}
