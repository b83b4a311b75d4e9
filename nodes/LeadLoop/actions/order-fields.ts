import type { INodeProperties } from 'n8n-workflow';

/** The members of an order as the forms ask for them. */

export const bonusMode: INodeProperties = {
  displayName: 'Bonus Mode',
  name: 'bonus_mode',
  type: 'boolean',
  default: false,
  description: 'Whether the order goes on getting leads when its quantity is used up',
};

export const creditMinimum: INodeProperties = {
  displayName: 'Credit Score Minimum',
  name: 'credit_score_min',
  type: 'string',
  default: '',
  placeholder: 'e.g. 650',
};

export const loanBounds: INodeProperties[] = [
  {
    displayName: 'Loan Maximum',
    name: 'loan_max',
    type: 'string',
    default: '',
    placeholder: 'e.g. 250000',
  },
  {
    displayName: 'Loan Minimum',
    name: 'loan_min',
    type: 'string',
    default: '',
    placeholder: 'e.g. 10000',
  },
];

export const orderType: INodeProperties = {
  displayName: 'Order Type',
  name: 'order_type',
  type: 'options',
  options: [
    { name: 'Monthly', value: 'monthly', description: 'Starts anew on the first of each month' },
    { name: 'One Time', value: 'one_time' },
  ],
  default: 'one_time',
};

export const priority: INodeProperties = {
  displayName: 'Priority',
  name: 'priority',
  type: 'options',
  options: [
    { name: 'High', value: 'high' },
    { name: 'Normal', value: 'normal' },
  ],
  default: 'normal',
};

export const status: INodeProperties = {
  displayName: 'Status',
  name: 'status',
  type: 'options',
  options: [
    { name: 'Active', value: 'active' },
    { name: 'Cancelled', value: 'cancelled' },
    { name: 'Completed', value: 'completed' },
    { name: 'Paused', value: 'paused' },
  ],
  default: 'active',
};

export const startStatus: INodeProperties = {
  displayName: 'Status',
  name: 'status',
  type: 'options',
  options: [
    { name: 'Active', value: 'active' },
    { name: 'Paused', value: 'paused' },
  ],
  default: 'active',
  description: 'Whether the order gets leads at once',
};

export const name: INodeProperties = {
  displayName: 'Name',
  name: 'name',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. MCA leads, Texas',
};

export const verticals: INodeProperties = {
  displayName: 'Verticals',
  name: 'verticals',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. MCA, SBA',
  description: 'What the order accepts, as a comma-separated list. "All" accepts every lead.',
};

export const totalLeads: INodeProperties = {
  displayName: 'Total Leads',
  name: 'total_leads',
  type: 'number',
  typeOptions: { minValue: 1 },
  required: true,
  default: 10,
  description: 'How many leads the order asks for, per month when it is monthly',
};

export const version: INodeProperties = {
  displayName: 'Version',
  name: 'version',
  type: 'number',
  default: 1,
  description:
    'The version you read. Without it the node reads the order first; with it, a change made since then is not overwritten.',
};
