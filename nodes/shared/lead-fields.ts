import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { fromItem } from './item-field';
import { parseObject, type Parameters } from './parameters';
import { filled } from './properties';

/**
 * The fields of an incoming lead. Their defaults find the value in an item that comes from a
 * GoHighLevel webhook, from a form or from a table with these column names.
 */
export const leadFieldProperties: INodeProperties[] = [
  {
    displayName: 'Contact ID',
    name: 'ghlContactId',
    type: 'string',
    required: true,
    default: fromItem('ghl_contact_id', 'contact_id'),
    placeholder: 'e.g. ocQHyuzHvysMo5N5VsXc',
    description:
      'What makes the lead unique in its source. A second lead with the same contact ID is a duplicate.',
  },
  {
    displayName: 'First Name',
    name: 'firstName',
    type: 'string',
    default: fromItem('first_name'),
    placeholder: 'e.g. Alex',
  },
  {
    displayName: 'Last Name',
    name: 'lastName',
    type: 'string',
    default: fromItem('last_name'),
    placeholder: 'e.g. Morgan',
  },
  {
    displayName: 'Business Name',
    name: 'businessName',
    type: 'string',
    default: fromItem('business_name', 'company_name'),
    placeholder: 'e.g. Example Bakery',
  },
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    placeholder: 'name@email.com',
    default: fromItem('email'),
  },
  {
    displayName: 'Phone',
    name: 'phone',
    type: 'string',
    default: fromItem('phone'),
    placeholder: 'e.g. +1 202 555 0123',
  },
  {
    displayName: 'State',
    name: 'state',
    type: 'string',
    default: fromItem('state'),
    placeholder: 'e.g. TX',
  },
  {
    displayName: 'Vertical',
    name: 'vertical',
    type: 'string',
    default: fromItem('vertical'),
    placeholder: 'e.g. MCA',
    description: 'What the lead is looking for. Left empty, only orders for all verticals match.',
  },
  {
    displayName: 'Credit Score',
    name: 'creditScore',
    type: 'string',
    default: fromItem('credit_score'),
    placeholder: 'e.g. 680',
  },
  {
    displayName: 'Funding Amount',
    name: 'fundingAmount',
    type: 'string',
    default: fromItem('funding_amount'),
    placeholder: 'e.g. 50000',
  },
  {
    displayName: 'Additional Fields',
    name: 'additionalFields',
    type: 'collection',
    placeholder: 'Add Field',
    default: {},
    options: [
      {
        displayName: 'AI Call Notes',
        name: 'ai_call_notes',
        type: 'string',
        typeOptions: { rows: 3 },
        default: '',
      },
      { displayName: 'AI Call Status', name: 'ai_call_status', type: 'string', default: '' },
      {
        displayName: 'Custom Fields (JSON)',
        name: 'custom',
        type: 'json',
        default: '{}',
        description:
          'Other facts to keep with the lead. LeadLoop stores them and does not read them.',
      },
      {
        displayName: 'Funding Purpose',
        name: 'funding_purpose',
        type: 'string',
        default: '',
        placeholder: 'e.g. Second location',
      },
    ],
  },
];

const NAMED = [
  ['ghl_contact_id', 'ghlContactId'],
  ['first_name', 'firstName'],
  ['last_name', 'lastName'],
  ['business_name', 'businessName'],
  ['email', 'email'],
  ['phone', 'phone'],
  ['state', 'state'],
  ['vertical', 'vertical'],
  ['credit_score', 'creditScore'],
  ['funding_amount', 'fundingAmount'],
] as const;

/** The lead that the parameters describe for an item. Values go out as given: the service judges. */
export function leadOf(parameters: Parameters, item: number): IDataObject {
  parameters.required('ghlContactId', 'Contact ID', item);
  const { custom, ...additional } = parameters.group('additionalFields', item);
  const lead: IDataObject = { ...parseObject(custom, 'Custom Fields') };
  for (const [member, name] of NAMED) lead[member] = parameters.value(name, item) as string;
  return filled(Object.assign(lead, additional));
}

/** The three fields that routing looks at. */
export const routingFieldProperties: INodeProperties[] = leadFieldProperties.filter(({ name }) =>
  ['vertical', 'creditScore', 'fundingAmount'].includes(name),
);

export function routingFieldsOf(parameters: Parameters, item: number): IDataObject {
  return filled({
    vertical: parameters.value('vertical', item) as string,
    credit_score: parameters.value('creditScore', item) as string,
    funding_amount: parameters.value('fundingAmount', item) as string,
  });
}
