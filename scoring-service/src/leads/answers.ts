import { z } from 'zod';

import type { RoutingOutcome } from '../routing/assignment/session.js';
import type { IntakeOutcome } from './intake-unit.js';

/** The answers of intake (spec'd to the letter; programs match on them). */

const deliveryStatus = z
  .enum(['pending', 'queued', 'held', 'sent', 'failed', 'cancelled'])
  .nullable();

export const assignmentSchema = z.union([
  z.object({
    status: z.literal('assigned'),
    broker_id: z.string(),
    order_id: z.string(),
    delivery_ids: z.array(z.string()),
    delivery_status: deliveryStatus,
    score: z.number().nullable(),
  }),
  z.object({ status: z.literal('unassigned'), reason: z.string(), reason_code: z.string() }),
  z.object({ status: z.literal('rejected'), reason: z.string(), reason_code: z.string() }),
]);

export type AssignmentAnswer = z.output<typeof assignmentSchema>;

const brokerSchema = z.object({
  id: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
});

export const intakeAnswerSchema = z.union([
  z.object({ lead_id: z.string(), assignment: assignmentSchema, broker: brokerSchema.optional() }),
  z.object({ lead_id: z.string(), status: z.literal('rejected'), reason: z.string() }),
  z.object({ lead_id: z.string(), status: z.literal('duplicate'), message: z.string() }),
]);

export type IntakeAnswer = z.output<typeof intakeAnswerSchema>;

export function assignmentAnswer(outcome: RoutingOutcome): AssignmentAnswer {
  switch (outcome.status) {
    case 'assigned':
      return {
        status: 'assigned',
        broker_id: outcome.broker.id,
        order_id: outcome.order_id,
        delivery_ids: outcome.delivery_ids,
        delivery_status: outcome.delivery_status,
        score: outcome.score,
      };
    case 'unassigned':
      return { status: 'unassigned', reason: outcome.reason, reason_code: outcome.reason_code };
    case 'rejected':
      return { status: 'rejected', reason: outcome.reason, reason_code: outcome.reason };
  }
}

/** The answer for a lead that has just been routed. */
export function routedAnswer(leadId: string, outcome: RoutingOutcome): IntakeAnswer {
  if (outcome.status === 'rejected') {
    return { lead_id: leadId, status: 'rejected', reason: outcome.reason };
  }
  const assignment = assignmentAnswer(outcome);
  if (outcome.status === 'unassigned') return { lead_id: leadId, assignment };
  const { id, name, phone } = outcome.broker;
  return { lead_id: leadId, assignment, broker: { id, name, phone } };
}

/** A lead of a batch that could not be stored, while others were. Sending it again is safe. */
export interface NotStored {
  error: string;
  message: string;
}

export function intakeAnswer(result: IntakeOutcome): IntakeAnswer | NotStored {
  if ('error' in result) return { error: result.error.code, message: result.error.message };
  return result.duplicate
    ? { lead_id: result.lead_id, status: 'duplicate', message: 'lead already exists' }
    : routedAnswer(result.lead_id, result.outcome);
}
