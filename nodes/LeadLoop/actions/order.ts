import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { locatedId } from '../../shared/ids';
import { brokerLocator, orderLocator } from '../../shared/locators';
import {
  action,
  create,
  getMany,
  getOne,
  update,
  type Resource,
} from '../../shared/operations/resource';
import { listProperties, showFor, simplifyProperty, textList } from '../../shared/properties';
import {
  bonusMode,
  creditMinimum,
  loanBounds,
  name,
  orderType,
  priority,
  startStatus,
  status,
  totalLeads,
  version,
  verticals,
} from './order-fields';
import type { ResourceActions } from './resource-actions';

const ORDER: Resource = {
  path: '/orders',
  locator: 'orderId',
  label: 'Order',
  simple: [
    'id',
    'broker_id',
    'name',
    'status',
    'order_type',
    'verticals',
    'credit_score_min',
    'loan_min',
    'loan_max',
    'total_leads',
    'leads_delivered',
    'leads_remaining',
    'priority',
    'version',
  ],
};

const operation: INodeProperties = {
  displayName: 'Operation',
  name: 'operation',
  type: 'options',
  noDataExpression: true,
  options: [
    {
      name: 'Create',
      value: 'create',
      action: 'Create an order',
      description: "Create a broker's standing request for leads",
    },
    { name: 'Get', value: 'get', action: 'Get an order', description: 'Get one order' },
    {
      name: 'Get Many',
      value: 'getAll',
      action: 'Get many orders',
      description: 'Get many orders, newest first',
    },
    {
      name: 'Pause',
      value: 'pause',
      action: 'Pause an order',
      description: 'Stop assigning leads to an order',
    },
    {
      name: 'Resume',
      value: 'resume',
      action: 'Resume an order',
      description: 'Let an order get leads again',
    },
    {
      name: 'Update',
      value: 'update',
      action: 'Update an order',
      description: 'Change what an order asks for',
    },
  ],
  default: 'getAll',
};

const optional = (property: INodeProperties): INodeProperties => ({
  ...property,
  required: undefined,
});

const collection = (
  displayName: string,
  nameOfIt: string,
  options: INodeProperties[],
): INodeProperties => ({
  displayName,
  name: nameOfIt,
  type: 'collection',
  placeholder: displayName === 'Filters' ? 'Add Filter' : 'Add Field',
  default: {},
  options,
});

const forOperation = (operations: string[], properties: INodeProperties[]): INodeProperties[] =>
  showFor({ operation: operations }, properties);

function changes(fields: IDataObject): IDataObject {
  return fields.verticals === undefined
    ? fields
    : { ...fields, verticals: textList(fields.verticals) };
}

export const order: ResourceActions = {
  properties: [
    operation,
    ...forOperation(['get', 'update', 'pause', 'resume'], [orderLocator('The order to work on')]),
    ...forOperation(
      ['create'],
      [
        brokerLocator('Whose order it is'),
        name,
        verticals,
        totalLeads,
        collection('Additional Fields', 'additionalFields', [
          bonusMode,
          creditMinimum,
          ...loanBounds,
          orderType,
          priority,
          startStatus,
        ]),
      ],
    ),
    ...forOperation(
      ['update'],
      [
        collection('Update Fields', 'updateFields', [
          bonusMode,
          creditMinimum,
          ...loanBounds,
          optional(name),
          priority,
          optional(totalLeads),
          version,
          optional(verticals),
        ]),
      ],
    ),
    ...forOperation(
      ['getAll'],
      [
        ...listProperties,
        collection('Filters', 'filters', [
          { displayName: 'Broker ID', name: 'broker_id', type: 'string', default: '' },
          status,
        ]),
      ],
    ),
    simplifyProperty,
  ],
  operations: {
    create: create(ORDER, ({ parameters }, item) => ({
      broker_id: locatedId(parameters, 'brokerId', 'Broker', item),
      name: parameters.required('name', 'Name', item),
      verticals: textList(parameters.value('verticals', item)),
      total_leads: parameters.value('total_leads', item) as number,
      ...parameters.group('additionalFields', item),
    })),
    get: getOne(ORDER),
    getAll: getMany(ORDER, ({ parameters }, item) => parameters.group('filters', item)),
    update: update(ORDER, ({ parameters }, item) =>
      changes(parameters.group('updateFields', item)),
    ),
    pause: action(ORDER, 'pause'),
    resume: action(ORDER, 'resume'),
  },
};
