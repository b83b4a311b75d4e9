import type { INodeProperties } from 'n8n-workflow';

import { locatedId } from '../../shared/ids';
import { firstOf } from '../../shared/item-field';
import { leadLocator } from '../../shared/locators';
import { create, update, type Resource } from '../../shared/operations/resource';
import { done } from '../../shared/outputs';
import { rawBodyOf } from '../../shared/raw-body';
import { showFor } from '../../shared/properties';
import { perItem, type Operation } from '../../shared/run';
import type { ResourceActions } from './resource-actions';

const APPOINTMENT: Resource = {
  path: '/appointments',
  locator: 'appointmentId',
  label: 'Appointment ID',
  simple: null,
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
      action: 'Create an appointment',
      description: 'Record an appointment and schedule its review request',
    },
    {
      name: 'Handle Calendly Event',
      value: 'handleCalendlyEvent',
      action: 'Handle a calendly event',
      description: 'Report what Calendly posted to a Webhook node: booked, cancelled, no-show',
    },
    {
      name: 'Update',
      value: 'update',
      action: 'Update an appointment',
      description: 'Move an appointment, or say how it ended',
    },
  ],
  default: 'create',
};

const createFields: INodeProperties[] = [
  leadLocator('leadId', 'Who has the appointment'),
  {
    displayName: 'Scheduled At',
    name: 'scheduledAt',
    type: 'string',
    required: true,
    default: firstOf('scheduled_at', 'body.scheduled_at'),
    placeholder: 'e.g. 2026-03-01T09:00:00-06:00',
    description: 'When the appointment begins, with its offset from UTC',
  },
  {
    displayName: 'Service Type',
    name: 'serviceType',
    type: 'string',
    default: firstOf('service_type', 'body.service_type'),
    placeholder: 'e.g. Cleaning',
  },
];

const updateFields: INodeProperties[] = [
  {
    displayName: 'Appointment ID',
    name: 'appointmentId',
    type: 'string',
    required: true,
    default: firstOf('appointment_id', 'data.appointment_id', 'id'),
    description: 'The appointment to change',
  },
  {
    displayName: 'Update Fields',
    name: 'updateFields',
    type: 'collection',
    placeholder: 'Add Field',
    default: {},
    options: [
      {
        displayName: 'Scheduled At',
        name: 'scheduled_at',
        type: 'string',
        default: '',
        placeholder: 'e.g. 2026-03-01T09:00:00-06:00',
        description: 'The new beginning, with its offset from UTC',
      },
      { displayName: 'Service Type', name: 'service_type', type: 'string', default: '' },
      {
        displayName: 'Status',
        name: 'status',
        type: 'options',
        options: [
          { name: 'Cancelled', value: 'cancelled' },
          { name: 'Completed', value: 'completed' },
          { name: 'No-Show', value: 'no_show' },
          { name: 'Scheduled', value: 'scheduled' },
        ],
        default: 'completed',
      },
      {
        displayName: 'Version',
        name: 'version',
        type: 'number',
        default: 1,
        description:
          'The version you read. Without it the node reads the appointment first; with it, a change made since then is not overwritten.',
      },
    ],
  },
];

const calendlyFields: INodeProperties[] = [
  {
    displayName: 'Signature',
    name: 'signature',
    type: 'string',
    required: true,
    default: "={{ $json.headers['calendly-webhook-signature'] }}",
    description: 'The Calendly-Webhook-Signature header of the request',
  },
  {
    displayName: 'Raw Body Field',
    name: 'rawBodyField',
    type: 'string',
    required: true,
    default: 'data',
    description:
      'The binary field with the body as received. Turn on "Raw Body" in the Webhook node.',
  },
];

const handleCalendlyEvent: Operation = perItem(async (run, item) => {
  const { parameters } = run;
  const field = parameters.required('rawBodyField', 'Raw Body Field', item);
  const raw = await rawBodyOf(run, item, field);
  const answer = await run.call({
    method: 'POST',
    path: '/appointments/calendly-event',
    body: {
      provider_proof: {
        signature: parameters.required('signature', 'Signature', item),
        raw_body_base64: raw,
      },
    },
    idempotencyKey: run.key(item),
  });
  return done(answer);
});

export const appointment: ResourceActions = {
  properties: [
    operation,
    ...showFor({ operation: ['create'] }, createFields),
    ...showFor({ operation: ['update'] }, updateFields),
    ...showFor({ operation: ['handleCalendlyEvent'] }, calendlyFields),
  ],
  operations: {
    create: create(APPOINTMENT, ({ parameters }, item) => ({
      lead_id: locatedId(parameters, 'leadId', 'Lead', item),
      scheduled_at: parameters.required('scheduledAt', 'Scheduled At', item),
      service_type: parameters.text('serviceType', item),
    })),
    update: update(APPOINTMENT, ({ parameters }, item) => parameters.group('updateFields', item)),
    handleCalendlyEvent,
  },
};
