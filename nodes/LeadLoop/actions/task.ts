import type { INodeProperties } from 'n8n-workflow';

import { leadLocator, staffLocator } from '../../shared/locators';
import { action, create, getMany, type Resource } from '../../shared/operations/resource';
import { listProperties, showFor, simplifyProperty } from '../../shared/properties';
import { firstOf } from '../../shared/item-field';
import { locatedId } from '../../shared/ids';
import type { ResourceActions } from './resource-actions';

const TASK: Resource = {
  path: '/tasks',
  locator: 'taskId',
  label: 'Task ID',
  simple: [
    'id',
    'lead_id',
    'reason',
    'owner_id',
    'due_at',
    'state',
    'needs_review',
    'outcome',
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
      name: 'Cancel',
      value: 'cancel',
      action: 'Cancel a task',
      description: 'End a callback task that is no longer needed',
    },
    {
      name: 'Claim',
      value: 'claim',
      action: 'Claim a task',
      description: 'Take a callback task on; only one person can',
    },
    {
      name: 'Complete',
      value: 'complete',
      action: 'Complete a task',
      description: 'End a callback task with its outcome',
    },
    {
      name: 'Create',
      value: 'create',
      action: 'Create a task',
      description: 'Ask a person to call a lead back',
    },
    {
      name: 'Get Many',
      value: 'getAll',
      action: 'Get many tasks',
      description: 'Get many callback tasks',
    },
  ],
  default: 'getAll',
};

const taskId: INodeProperties = {
  displayName: 'Task ID',
  name: 'taskId',
  type: 'string',
  required: true,
  default: firstOf('task_id', 'data.task_id', 'id'),
  description: 'The callback task to work on',
};

const outcome: INodeProperties = {
  displayName: 'Outcome',
  name: 'outcome',
  type: 'options',
  options: [
    { name: 'Callback Booked', value: 'callback_booked' },
    { name: 'No Answer', value: 'no_answer' },
    { name: 'Not Interested', value: 'not_interested' },
    { name: 'Transferred', value: 'transferred' },
    { name: 'Voicemail', value: 'voicemail' },
    { name: 'Wrong Number', value: 'wrong_number' },
  ],
  default: 'callback_booked',
  description: 'How the callback went',
};

const createFields: INodeProperties[] = [
  leadLocator('leadId', 'The lead to call back'),
  {
    displayName: 'Reason',
    name: 'reason',
    type: 'string',
    required: true,
    default: '',
    placeholder: 'e.g. Asked for a call after 5 pm',
    description: 'Why to call back, for the person who does',
  },
  staffLocator('Owner', 'Who calls back. Left empty, LeadLoop chooses by its ownership rules.'),
  {
    displayName: 'Due At',
    name: 'dueAt',
    type: 'string',
    default: '',
    placeholder: 'e.g. 2026-03-01T09:00:00Z',
    description: "The deadline, with its offset. Left empty, by the business's response window.",
  },
];

const note: INodeProperties = {
  displayName: 'Note',
  name: 'note',
  type: 'string',
  typeOptions: { rows: 2 },
  default: '',
  placeholder: 'e.g. Prefers the afternoon',
  description: 'Kept with the task, for the people who work on it',
};

const filters: INodeProperties = {
  displayName: 'Filters',
  name: 'filters',
  type: 'collection',
  placeholder: 'Add Filter',
  default: {},
  options: [
    { displayName: 'Business ID', name: 'business_id', type: 'string', default: '' },
    { displayName: 'Lead ID', name: 'lead_id', type: 'string', default: '' },
    {
      displayName: 'Overdue',
      name: 'overdue',
      type: 'boolean',
      default: true,
      description: 'Whether to get only tasks whose deadline has passed',
    },
    { displayName: 'Owner ID', name: 'owner_id', type: 'string', default: '' },
    {
      displayName: 'State',
      name: 'state',
      type: 'options',
      options: [
        { name: 'Cancelled', value: 'cancelled' },
        { name: 'Claimed', value: 'claimed' },
        { name: 'Completed', value: 'completed' },
        { name: 'Escalated', value: 'escalated' },
        { name: 'Open', value: 'open' },
      ],
      default: 'open',
    },
  ],
};

const forOperation = (operations: string[], properties: INodeProperties[]): INodeProperties[] =>
  showFor({ operation: operations }, properties);

export const task: ResourceActions = {
  properties: [
    operation,
    ...forOperation(['claim', 'complete', 'cancel'], [taskId]),
    ...forOperation(['create'], createFields),
    ...forOperation(
      ['claim'],
      [staffLocator('Staff Member', 'Who takes the task on. Left empty, its owner.')],
    ),
    ...forOperation(['complete'], [outcome]),
    ...forOperation(['create', 'complete', 'cancel'], [note]),
    ...forOperation(['getAll'], [...listProperties, filters]),
    simplifyProperty,
  ],
  operations: {
    create: create(TASK, ({ parameters }, item) => ({
      lead_id: locatedId(parameters, 'leadId', 'Lead', item),
      reason: parameters.required('reason', 'Reason', item),
      owner_id: parameters.located('staffId', item),
      due_at: parameters.text('dueAt', item),
      note: parameters.text('note', item),
    })),
    claim: action(TASK, 'claim', ({ parameters }, item) => ({
      staff_id: parameters.located('staffId', item),
    })),
    complete: action(TASK, 'complete', ({ parameters }, item) => ({
      outcome: parameters.text('outcome', item),
      note: parameters.text('note', item),
    })),
    cancel: action(TASK, 'cancel', ({ parameters }, item) => ({
      note: parameters.text('note', item),
    })),
    getAll: getMany(TASK, ({ parameters }, item) => parameters.group('filters', item)),
  },
};
