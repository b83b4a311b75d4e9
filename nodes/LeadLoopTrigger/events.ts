import type { INodePropertyOptions } from 'n8n-workflow';

/** What a workflow can wait for. */
export const eventOptions: INodePropertyOptions[] = [
  {
    name: 'Appointment Booked',
    value: 'appointment.booked',
    description: 'An appointment was made',
  },
  {
    name: 'Appointment Changed',
    value: 'appointment.changed',
    description: 'An appointment was moved, cancelled or ended',
  },
  {
    name: 'Broker Deliveries Paused',
    value: 'broker.breaker_opened',
    description: "A broker's CRM keeps failing, so its deliveries wait",
  },
  {
    name: 'Broker Deliveries Resumed',
    value: 'broker.breaker_closed',
    description: "A broker's CRM answers again",
  },
  {
    name: 'Delivery Failed',
    value: 'delivery.failed',
    description: 'A delivery was given up',
  },
  {
    name: 'Delivery Sent',
    value: 'delivery.sent',
    description: 'A broker’s CRM accepted a lead',
  },
  {
    name: 'Lead Assigned',
    value: 'lead.assigned',
    description: 'A lead was assigned to an order',
  },
  {
    name: 'Lead Created',
    value: 'lead.created',
    description: 'A lead came in',
  },
  {
    name: 'Lead Qualified',
    value: 'qualification.completed',
    description: 'A lead was scored',
  },
  {
    name: 'Lead Rejected',
    value: 'lead.rejected',
    description: 'A lead did not pass the first checks',
  },
  {
    name: 'Lead Unassigned',
    value: 'lead.unassigned',
    description: 'No order fits a lead',
  },
  {
    name: 'Message Failed',
    value: 'message.failed',
    description: 'A text could not be delivered',
  },
  {
    name: 'Message Received',
    value: 'message.received',
    description: 'A person answered by text',
  },
  {
    name: 'Provider Degraded',
    value: 'provider.degraded',
    description: 'A provider keeps failing, so its automation is paused',
  },
  {
    name: 'Provider Recovered',
    value: 'provider.recovered',
    description: 'A provider works again',
  },
  {
    name: 'Task Completed',
    value: 'task.completed',
    description: 'A callback was done',
  },
  {
    name: 'Task Created',
    value: 'task.created',
    description: 'Somebody is to call a lead back',
  },
  {
    name: 'Task Escalated',
    value: 'task.escalated',
    description: 'A callback is late or was not taken on',
  },
];
