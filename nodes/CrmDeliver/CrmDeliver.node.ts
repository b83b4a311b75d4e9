import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

import { mainConnections, ONE } from '../shared/connections';
import {
  deliver,
  deliveryProperty,
  deliveryStatus,
  retryDelivery,
  waitProperty,
} from '../shared/operations/deliver';
import { includeInputOption, showFor, simplifyProperty } from '../shared/properties';
import { runOperation, type Operation } from '../shared/run';

const handOver = deliver({ single: false });

const operations: Record<string, Operation> = {
  deliver: handOver,
  getStatus: deliveryStatus,
  retry: retryDelivery,
};

const OUTPUTS = mainConnections(3);
const FAILED = 2;

export class CrmDeliver implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'CRM Deliver',
    name: 'crmDeliver',
    icon: { light: 'file:crmDeliver.svg', dark: 'file:crmDeliver.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle:
      '={{ {deliver: "deliver", getStatus: "get status", retry: "retry"}[$parameter["operation"]] }}',
    description: "Hand assigned leads over to the broker's CRM and follow what becomes of them",
    defaults: { name: 'CRM Deliver' },
    inputs: ONE,
    outputs: OUTPUTS,
    outputNames: ['Sent', 'Queued', 'Failed'],
    credentials: [{ name: 'leadLoopApi', required: true }],
    usableAsTool: true,
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
          {
            name: 'Deliver',
            value: 'deliver',
            action: 'Deliver a lead',
            description: 'Send now and wait a moment for the answer of the CRM',
          },
          {
            name: 'Get Status',
            value: 'getStatus',
            action: 'Get the status of a delivery',
            description: 'Read how a delivery stands, without sending anything',
          },
          {
            name: 'Retry',
            value: 'retry',
            action: 'Retry a delivery',
            description: 'Try a failed delivery again',
          },
        ],
        default: 'deliver',
      },
      deliveryProperty,
      ...showFor({ operation: ['deliver'] }, [waitProperty]),
      simplifyProperty,
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        placeholder: 'Add option',
        default: {},
        options: [includeInputOption],
      },
    ],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const name = this.getNodeParameter('operation', 0, 'deliver');
    return runOperation(this, operations[name] ?? handOver, {
      outputs: OUTPUTS.length,
      failedOutput: FAILED,
      includesInput: true,
    });
  }
}
