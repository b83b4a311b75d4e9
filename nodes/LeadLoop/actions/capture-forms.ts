import type { INodeProperties } from 'n8n-workflow';

import { firstOf, fromItem } from '../../shared/item-field';

/** The form of "Capture Missed Call". */
export const missedCallProperties: INodeProperties[] = [
  {
    displayName: 'Provider',
    name: 'provider',
    type: 'options',
    options: [
      { name: 'GoHighLevel', value: 'ghl' },
      { name: 'Twilio', value: 'twilio' },
    ],
    default: 'twilio',
    description: 'Who reported the call',
  },
  {
    displayName: 'Call Parameters',
    name: 'callParameters',
    type: 'json',
    required: true,
    default: firstOf('body'),
    description: 'What the provider posted, unchanged. The default is the body of a Webhook node.',
  },
  {
    displayName: 'Provider Proof',
    name: 'proof',
    type: 'collection',
    placeholder: 'Add Proof',
    default: {},
    description:
      'Lets LeadLoop check that the event really comes from the provider. Without it, the API key vouches for the event.',
    options: [
      {
        displayName: 'Raw Body Field',
        name: 'rawBodyField',
        type: 'string',
        default: 'data',
        description:
          'The binary field with the body as received (GoHighLevel). Turn on "Raw Body" in the Webhook node.',
      },
      {
        displayName: 'Signature',
        name: 'signature',
        type: 'string',
        default: '',
        placeholder: "e.g. {{ $json.headers['x-twilio-signature'] }}",
        description: "The signature header of the provider's request",
      },
      {
        displayName: 'URL',
        name: 'url',
        type: 'string',
        default: '',
        placeholder: 'e.g. {{ $json.webhookUrl }}',
        description: 'The public address that Twilio posted to, exactly as configured there',
      },
    ],
  },
];

/** The form of "Capture Form". */
export const formProperties: INodeProperties[] = [
  {
    displayName: 'Form ID',
    name: 'formId',
    type: 'string',
    required: true,
    default: 'website',
    placeholder: 'e.g. website',
    description: 'Which form was sent. An unregistered form belongs to the default business.',
  },
  {
    displayName: 'Name',
    name: 'name',
    type: 'string',
    default: fromItem('name', 'full_name'),
    placeholder: 'e.g. Alex Morgan',
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
    displayName: 'Message',
    name: 'message',
    type: 'string',
    typeOptions: { rows: 3 },
    default: fromItem('message'),
    placeholder: 'e.g. Can I come in this week?',
  },
  {
    displayName: 'Additional Fields',
    name: 'additionalFields',
    type: 'collection',
    placeholder: 'Add Field',
    default: {},
    options: [
      {
        displayName: 'Custom Fields (JSON)',
        name: 'custom',
        type: 'json',
        default: '{}',
        description: 'Other answers of the form, kept with the submission',
      },
      { displayName: 'First Name', name: 'first_name', type: 'string', default: '' },
      { displayName: 'Form Version', name: 'form_version', type: 'string', default: '' },
      { displayName: 'Last Name', name: 'last_name', type: 'string', default: '' },
      { displayName: 'Postal Code', name: 'postal_code', type: 'string', default: '' },
      { displayName: 'Service', name: 'service', type: 'string', default: '' },
      {
        displayName: 'Submission ID',
        name: 'submission_id',
        type: 'string',
        default: '',
        description: 'What makes the submission unique. The same one again changes nothing.',
      },
      {
        displayName: 'Submitted At',
        name: 'submitted_at',
        type: 'string',
        default: '',
        placeholder: 'e.g. 2026-03-01T09:00:00Z',
        description: 'When the form was sent. Left empty, now.',
      },
    ],
  },
  {
    displayName: 'Consent',
    name: 'consent',
    type: 'collection',
    placeholder: 'Add Consent',
    default: {},
    description: 'What the person agreed to, kept as evidence exactly as given',
    options: [
      { displayName: 'Certificate URL', name: 'certificate_url', type: 'string', default: '' },
      {
        displayName: 'Consent Text',
        name: 'text',
        type: 'string',
        default: '',
        description: 'The sentence next to the box',
      },
      {
        displayName: 'Email Allowed',
        name: 'email',
        type: 'boolean',
        default: false,
        description: 'Whether the person agreed to be written to by email',
      },
      { displayName: 'IP Address', name: 'ip', type: 'string', default: '' },
      { displayName: 'Page URL', name: 'url', type: 'string', default: '' },
      {
        displayName: 'SMS Allowed',
        name: 'sms',
        type: 'boolean',
        default: false,
        description: 'Whether the person agreed to be texted',
      },
      { displayName: 'User Agent', name: 'user_agent', type: 'string', default: '' },
    ],
  },
];
