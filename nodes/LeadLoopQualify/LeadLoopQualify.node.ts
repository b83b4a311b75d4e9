import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

import { mainConnections, ONE } from '../shared/connections';
import { listSearch } from '../shared/locators';
import { qualifyLead, qualifyProperties } from '../shared/operations/qualify';
import { includeInputOption, simplifyProperty } from '../shared/properties';
import { runOperation } from '../shared/run';

const qualify = qualifyLead({ single: false });

const OUTPUTS = mainConnections(3);
/** Where a person calls back: failed items go there under "Continue". */
const FOLLOW_UP = 1;

export class LeadLoopQualify implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'LeadLoop Qualify',
    name: 'leadLoopQualify',
    icon: { light: 'file:leadLoopQualify.svg', dark: 'file:leadLoopQualify.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: 'qualify lead',
    description: 'Score an enquiry and branch on what to do next: book, follow up or let go',
    defaults: { name: 'LeadLoop Qualify' },
    inputs: ONE,
    outputs: OUTPUTS,
    outputNames: ['Book Now', 'Follow Up', 'Low Quality'],
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
            name: 'Qualify Lead',
            value: 'qualify',
            action: 'Qualify a lead',
            description: 'Score a lead and decide what to do next',
          },
        ],
        default: 'qualify',
      },
      ...qualifyProperties,
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

  methods = { listSearch };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return runOperation(this, qualify, {
      outputs: OUTPUTS.length,
      failedOutput: FOLLOW_UP,
      includesInput: true,
    });
  }
}
