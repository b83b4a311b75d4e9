import type { INodeProperties } from 'n8n-workflow';

import { leadFieldProperties, routingFieldProperties } from '../shared/lead-fields';
import { leadLocator } from '../shared/locators';
import { includeInputOption, showFor, simplifyProperty } from '../shared/properties';

const operation: INodeProperties = {
  displayName: 'Operation',
  name: 'operation',
  type: 'options',
  noDataExpression: true,
  options: [
    {
      name: 'Distribute a Response Lead',
      value: 'distribute',
      action: 'Distribute a response lead',
      description: 'Make a linked distribution lead from a response lead and route it',
    },
    {
      name: 'Re-Route',
      value: 'reroute',
      action: 'Re route a waiting lead',
      description: 'Route a lead again that is unassigned or was rejected',
    },
    {
      name: 'Route Lead',
      value: 'route',
      action: 'Route a lead',
      description: 'Take in a new lead and assign it to the order that fits best',
    },
    {
      name: 'Simulate',
      value: 'simulate',
      action: 'Simulate routing',
      description: 'Say where a lead would go and why, without any effect',
    },
  ],
  default: 'route',
};

const routeOptions: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add option',
  default: {},
  options: [
    {
      displayName: 'Hold Delivery',
      name: 'holdDelivery',
      type: 'boolean',
      default: false,
      description:
        'Whether to keep the delivery back until a CRM Deliver node hands it over. After ten minutes LeadLoop sends it by itself.',
    },
    includeInputOption,
  ],
};

const simulateOptions: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add option',
  default: {},
  options: [
    {
      displayName: 'At',
      name: 'at',
      type: 'string',
      default: '',
      placeholder: 'e.g. 2026-03-01T09:00:00Z',
      description:
        'The moment to simulate, with its offset. It decides which monthly resets have happened.',
    },
    includeInputOption,
    {
      displayName: 'Orders (JSON)',
      name: 'orders',
      type: 'json',
      default: '[]',
      description: 'Orders to simulate with instead of the live ones, as an array',
    },
  ],
};

const plainOptions: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add option',
  default: {},
  options: [includeInputOption],
};

const distributeFields: INodeProperties = {
  displayName: 'Additional Fields',
  name: 'additionalFields',
  type: 'collection',
  placeholder: 'Add Field',
  default: {},
  options: [
    { displayName: 'Business Name', name: 'business_name', type: 'string', default: '' },
    { displayName: 'Custom Fields (JSON)', name: 'custom', type: 'json', default: '{}' },
    { displayName: 'Funding Purpose', name: 'funding_purpose', type: 'string', default: '' },
    { displayName: 'State', name: 'state', type: 'string', default: '', placeholder: 'e.g. TX' },
  ],
};

export const orderRouterProperties: INodeProperties[] = [
  operation,
  ...showFor({ operation: ['distribute', 'reroute'] }, [
    leadLocator('leadId', 'The lead to route'),
  ]),
  ...showFor({ operation: ['route'] }, leadFieldProperties),
  ...showFor({ operation: ['distribute', 'simulate'] }, routingFieldProperties),
  ...showFor({ operation: ['distribute'] }, [distributeFields]),
  simplifyProperty,
  ...showFor({ operation: ['route'] }, [routeOptions]),
  ...showFor({ operation: ['simulate'] }, [simulateOptions]),
  ...showFor({ operation: ['distribute', 'reroute'] }, [plainOptions]),
];
