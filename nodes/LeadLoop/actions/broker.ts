import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { brokerLocator } from '../../shared/locators';
import { parseList } from '../../shared/parameters';
import {
  action,
  create,
  getMany,
  getOne,
  update,
  type Resource,
} from '../../shared/operations/resource';
import { listProperties, showFor, simplifyProperty } from '../../shared/properties';
import type { ResourceActions } from './resource-actions';

const BROKER: Resource = {
  path: '/brokers',
  locator: 'brokerId',
  label: 'Broker',
  simple: [
    'id',
    'name',
    'company',
    'email',
    'phone',
    'assignment_status',
    'crm_webhook_url',
    'contact_hours',
    'timezone',
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
      action: 'Create a broker',
      description: 'Create a buyer of leads; the only time its signing secret is shown',
    },
    { name: 'Get', value: 'get', action: 'Get a broker', description: 'Get one broker' },
    {
      name: 'Get Many',
      value: 'getAll',
      action: 'Get many brokers',
      description: 'Get many brokers, newest first',
    },
    {
      name: 'Pause',
      value: 'pause',
      action: 'Pause a broker',
      description: "Stop assigning leads to a broker's orders",
    },
    {
      name: 'Resume',
      value: 'resume',
      action: 'Resume a broker',
      description: 'Let a broker get leads again',
    },
    {
      name: 'Update',
      value: 'update',
      action: 'Update a broker',
      description: 'Change the details of a broker',
    },
  ],
  default: 'getAll',
};

const details: INodeProperties[] = [
  { displayName: 'Company', name: 'company', type: 'string', default: '' },
  {
    displayName: 'Contact Hours',
    name: 'contact_hours',
    type: 'options',
    options: [
      { name: 'Anytime', value: 'anytime' },
      { name: 'Business Hours', value: 'business_hours', description: 'Mon–Fri 09:00–17:00' },
      { name: 'Custom', value: 'custom', description: 'The windows under Custom Hours' },
    ],
    default: 'anytime',
    description: 'When leads may be delivered',
  },
  {
    displayName: 'CRM Webhook URL',
    name: 'crm_webhook_url',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://crm.example.com/leads',
    description: "Where the broker's CRM takes leads",
  },
  {
    displayName: 'Custom Hours (JSON)',
    name: 'custom_hours',
    type: 'json',
    default: '[]',
    description: 'Windows such as [{"days":[1,2],"start":"09:00","end":"12:00"}], Monday being 1',
  },
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    placeholder: 'name@email.com',
    default: '',
  },
  { displayName: 'Phone', name: 'phone', type: 'string', default: '' },
  {
    displayName: 'Timezone',
    name: 'timezone',
    type: 'string',
    default: '',
    placeholder: 'e.g. America/Chicago',
  },
];

const name: INodeProperties = {
  displayName: 'Name',
  name: 'name',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. Example Funding',
};

const filters: INodeProperties = {
  displayName: 'Filters',
  name: 'filters',
  type: 'collection',
  placeholder: 'Add Filter',
  default: {},
  options: [
    {
      displayName: 'Assignment Status',
      name: 'assignment_status',
      type: 'options',
      options: [
        { name: 'Active', value: 'active' },
        { name: 'Paused', value: 'paused' },
      ],
      default: 'active',
    },
  ],
};

const version: INodeProperties = {
  displayName: 'Version',
  name: 'version',
  type: 'number',
  default: 1,
  description:
    'The version you read. Without it the node reads the broker first; with it, a change made since then is not overwritten.',
};

function withHours({ custom_hours: hours, ...fields }: IDataObject): IDataObject {
  return hours === undefined
    ? fields
    : { ...fields, custom_hours: parseList(hours, 'Custom Hours') };
}

const forOperation = (operations: string[], properties: INodeProperties[]): INodeProperties[] =>
  showFor({ operation: operations }, properties);

export const broker: ResourceActions = {
  properties: [
    operation,
    ...forOperation(['get', 'update', 'pause', 'resume'], [brokerLocator('The broker to work on')]),
    ...forOperation(
      ['create'],
      [
        name,
        {
          displayName: 'Additional Fields',
          name: 'additionalFields',
          type: 'collection',
          placeholder: 'Add Field',
          default: {},
          options: details,
        },
      ],
    ),
    ...forOperation(
      ['update'],
      [
        {
          displayName: 'Update Fields',
          name: 'updateFields',
          type: 'collection',
          placeholder: 'Add Field',
          default: {},
          options: [...details, { ...name, required: undefined }, version],
        },
      ],
    ),
    ...forOperation(['getAll'], [...listProperties, filters]),
    simplifyProperty,
  ],
  operations: {
    create: create(BROKER, ({ parameters }, item) => ({
      name: parameters.required('name', 'Name', item),
      ...withHours(parameters.group('additionalFields', item)),
    })),
    get: getOne(BROKER),
    getAll: getMany(BROKER, ({ parameters }, item) => parameters.group('filters', item)),
    update: update(BROKER, ({ parameters }, item) =>
      withHours(parameters.group('updateFields', item)),
    ),
    pause: action(BROKER, 'pause'),
    resume: action(BROKER, 'resume'),
  },
};
