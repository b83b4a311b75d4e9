import type { INodeProperties } from 'n8n-workflow';

/** The fields that an update can change; an empty email clears it. */
export const leadUpdateFields: INodeProperties = {
  displayName: 'Update Fields',
  name: 'updateFields',
  type: 'collection',
  placeholder: 'Add Field',
  default: {},
  options: [
    { displayName: 'AI Call Notes', name: 'ai_call_notes', type: 'string', default: '' },
    { displayName: 'AI Call Status', name: 'ai_call_status', type: 'string', default: '' },
    { displayName: 'Business Name', name: 'business_name', type: 'string', default: '' },
    { displayName: 'Credit Score', name: 'credit_score', type: 'string', default: '' },
    {
      displayName: 'Email',
      name: 'email',
      type: 'string',
      placeholder: 'name@email.com',
      default: '',
      description: 'An empty email removes the one that is stored',
    },
    { displayName: 'First Name', name: 'first_name', type: 'string', default: '' },
    { displayName: 'Funding Amount', name: 'funding_amount', type: 'string', default: '' },
    { displayName: 'Funding Purpose', name: 'funding_purpose', type: 'string', default: '' },
    { displayName: 'Last Name', name: 'last_name', type: 'string', default: '' },
    { displayName: 'Phone', name: 'phone', type: 'string', default: '' },
    { displayName: 'State', name: 'state', type: 'string', default: '' },
    { displayName: 'Vertical', name: 'vertical', type: 'string', default: '' },
  ],
};

/** The filters of the list of leads. */
export const leadFilters: INodeProperties = {
  displayName: 'Filters',
  name: 'filters',
  type: 'collection',
  placeholder: 'Add Filter',
  default: {},
  options: [
    {
      displayName: 'Broker ID',
      name: 'broker_id',
      type: 'string',
      default: '',
      description: 'Only leads assigned to this broker',
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
    },
    {
      displayName: 'Order ID',
      name: 'order_id',
      type: 'string',
      default: '',
      description: 'Only leads assigned to this order',
    },
    {
      displayName: 'Received Before',
      name: 'until',
      type: 'string',
      default: '',
      placeholder: 'e.g. 2026-04-01T00:00:00Z',
    },
    {
      displayName: 'Received Since',
      name: 'since',
      type: 'string',
      default: '',
      placeholder: 'e.g. 2026-03-01T00:00:00Z',
    },
    {
      displayName: 'Search',
      name: 'q',
      type: 'string',
      default: '',
      description: 'Part of a name, company, email, phone or contact ID',
    },
    {
      displayName: 'Status',
      name: 'status',
      type: 'options',
      options: [
        { name: 'Assigned', value: 'assigned' },
        { name: 'Closed', value: 'closed' },
        { name: 'Open', value: 'open' },
        { name: 'Rejected', value: 'rejected' },
        { name: 'Unassigned', value: 'unassigned' },
      ],
      default: 'unassigned',
    },
    { displayName: 'Vertical', name: 'vertical', type: 'string', default: '' },
  ],
};
