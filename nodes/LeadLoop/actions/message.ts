import type { INodeProperties } from 'n8n-workflow';

import { locatedId } from '../../shared/ids';
import { fromItem } from '../../shared/item-field';
import { leadLocator } from '../../shared/locators';
import { create, type Resource } from '../../shared/operations/resource';
import { showFor, simplifyProperty } from '../../shared/properties';
import type { ResourceActions } from './resource-actions';

const MESSAGE: Resource = {
  path: '/messages',
  locator: '',
  label: 'Message',
  simple: ['id', 'kind', 'to', 'body', 'status', 'reason_code', 'send_at'],
};

const properties: INodeProperties[] = [
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    options: [
      {
        name: 'Send',
        value: 'send',
        action: 'Send a message',
        description: 'Text a lead or a number what a person wrote, if every rule permits it',
      },
    ],
    default: 'send',
  },
  {
    displayName: 'Send To',
    name: 'recipient',
    type: 'options',
    options: [
      { name: 'Lead', value: 'lead' },
      { name: 'Phone Number', value: 'phone' },
    ],
    default: 'lead',
  },
  ...showFor({ recipient: ['lead'] }, [leadLocator('leadId', 'Who gets the text')]),
  ...showFor({ recipient: ['phone'] }, [
    {
      displayName: 'Phone',
      name: 'to',
      type: 'string',
      required: true,
      default: fromItem('phone'),
      placeholder: 'e.g. +1 202 555 0123',
    },
  ]),
  {
    displayName: 'Text',
    name: 'body',
    type: 'string',
    typeOptions: { rows: 3 },
    required: true,
    default: '',
    placeholder: 'e.g. Thank you for calling. We will ring you back today.',
  },
  simplifyProperty,
];

export const message: ResourceActions = {
  properties,
  operations: {
    send: create(MESSAGE, ({ parameters }, item) => {
      const body = parameters.required('body', 'Text', item);
      if (parameters.text('recipient', item) !== 'phone') {
        return { lead_id: locatedId(parameters, 'leadId', 'Lead', item), body };
      }
      return { to: parameters.required('to', 'Phone', item), body };
    }),
  },
};
