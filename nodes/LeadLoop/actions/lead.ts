import type { INodeProperties } from 'n8n-workflow';

import { leadFieldProperties } from '../../shared/lead-fields';
import { fromItem } from '../../shared/item-field';
import { leadLocator } from '../../shared/locators';
import { deliver, deliveryProperty, waitProperty } from '../../shared/operations/deliver';
import { qualifyLead, qualifyProperties } from '../../shared/operations/qualify';
import { getMany, getOne } from '../../shared/operations/resource';
import { routeLeads } from '../../shared/operations/route-leads';
import { listProperties, showFor, simplifyProperty } from '../../shared/properties';
import { formProperties, missedCallProperties } from './capture-forms';
import { leadFilters, leadUpdateFields } from './lead-forms';
import { captureForm, captureMissedCall, LEAD, lookUpLead, updateLead } from './lead-operations';
import type { ResourceActions } from './resource-actions';

const operation: INodeProperties = {
  displayName: 'Operation',
  name: 'operation',
  type: 'options',
  noDataExpression: true,
  options: [
    {
      name: 'Capture Form',
      value: 'captureForm',
      action: 'Capture a form',
      description: 'Report a submitted web form',
    },
    {
      name: 'Capture Missed Call',
      value: 'captureMissedCall',
      action: 'Capture a missed call',
      description: 'Report a call that a phone provider told about',
    },
    {
      name: 'Deliver',
      value: 'deliver',
      action: 'Deliver a lead',
      description: "Hand an assigned lead over to the broker's CRM, with one output",
    },
    {
      name: 'Get',
      value: 'get',
      action: 'Get a lead',
      description: 'Get a lead with its routing decisions',
    },
    {
      name: 'Get Many',
      value: 'getAll',
      action: 'Get many leads',
      description: 'Get many leads, newest first',
    },
    {
      name: 'Look Up by Phone',
      value: 'lookup',
      action: 'Look up a lead by phone',
      description: 'Find the newest lead with a phone number, and its broker',
    },
    {
      name: 'Qualify',
      value: 'qualify',
      action: 'Qualify a lead',
      description: 'Score an enquiry and say what to do next, with one output',
    },
    {
      name: 'Route',
      value: 'route',
      action: 'Route a lead',
      description: 'Assign a new lead to the order that fits best, with one output',
    },
    {
      name: 'Update',
      value: 'update',
      action: 'Update a lead',
      description: 'Change a lead that is known by its contact ID',
    },
  ],
  default: 'get',
};

const contactId: INodeProperties = {
  displayName: 'Contact ID',
  name: 'ghlContactId',
  type: 'string',
  required: true,
  default: fromItem('ghl_contact_id', 'contact_id'),
  description: 'The contact ID that the lead came in with',
};

const lookupProperties: INodeProperties[] = [
  {
    displayName: 'Phone',
    name: 'phone',
    type: 'string',
    required: true,
    default: fromItem('phone'),
    placeholder: 'e.g. +1 202 555 0123',
  },
  {
    displayName: 'Kind',
    name: 'kind',
    type: 'options',
    options: [
      { name: 'Distribution', value: 'distribution' },
      { name: 'Response', value: 'response' },
    ],
    default: 'distribution',
    description: 'Which kind of lead to look for',
  },
];

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
      description: 'Whether to keep the delivery back until a Deliver operation hands it over',
    },
  ],
};

const forOperation = (operations: string[], properties: INodeProperties[]): INodeProperties[] =>
  showFor({ operation: operations }, properties);

export const lead: ResourceActions = {
  properties: [
    operation,
    ...forOperation(['captureMissedCall'], missedCallProperties),
    ...forOperation(['captureForm'], formProperties),
    ...forOperation(['get'], [leadLocator('leadId', 'The lead to get')]),
    ...forOperation(['getAll'], [...listProperties, leadFilters]),
    ...forOperation(['update'], [contactId, leadUpdateFields]),
    ...forOperation(['lookup'], lookupProperties),
    ...forOperation(['route'], leadFieldProperties),
    ...forOperation(['qualify'], qualifyProperties),
    ...forOperation(['deliver'], [deliveryProperty, waitProperty]),
    ...forOperation(['get', 'getAll', 'route', 'qualify', 'deliver'], [simplifyProperty]),
    ...forOperation(['route'], [routeOptions]),
  ],
  operations: {
    captureMissedCall,
    captureForm,
    get: getOne(LEAD),
    getAll: getMany(LEAD, ({ parameters }, item) => parameters.group('filters', item)),
    update: updateLead,
    lookup: lookUpLead,
    route: routeLeads({ single: true }),
    qualify: qualifyLead({ single: true }),
    deliver: deliver({ single: true }),
  },
};
