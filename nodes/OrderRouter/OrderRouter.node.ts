import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

import { mainConnections, ONE } from '../shared/connections';
import { listSearch } from '../shared/locators';
import { distributeLead, rerouteLead } from '../shared/operations/reroute';
import { routeLeads } from '../shared/operations/route-leads';
import { simulateRouting } from '../shared/operations/simulate';
import { runOperation, type Operation } from '../shared/run';
import { orderRouterProperties } from './properties';

const route = routeLeads({ single: false });

const operations: Record<string, Operation> = {
  route,
  distribute: distributeLead,
  reroute: rerouteLead,
  simulate: simulateRouting,
};

const OUTPUTS = mainConnections(4);
/** Where a lead waits for a person: failed items go there under "Continue". */
const UNASSIGNED = 1;

export class OrderRouter implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Order Router',
    name: 'orderRouter',
    icon: { light: 'file:orderRouter.svg', dark: 'file:orderRouter.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle:
      '={{ {route: "route lead", distribute: "distribute a response lead", reroute: "re-route lead", simulate: "simulate routing"}[$parameter["operation"]] }}',
    description:
      'Assign leads to broker orders by score, with a full explanation of every decision',
    defaults: { name: 'Order Router' },
    inputs: ONE,
    outputs: OUTPUTS,
    outputNames: ['Assigned', 'Unassigned', 'Rejected', 'Duplicate'],
    credentials: [{ name: 'leadLoopApi', required: true }],
    usableAsTool: true,
    properties: orderRouterProperties,
  };

  methods = { listSearch };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const name = this.getNodeParameter('operation', 0, 'route');
    return runOperation(this, operations[name] ?? route, {
      outputs: OUTPUTS.length,
      failedOutput: UNASSIGNED,
      includesInput: true,
    });
  }
}
