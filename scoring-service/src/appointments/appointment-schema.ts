import { z } from 'zod';

import { clearable, id, instant, integer, text } from '../core/fields.js';
import type { AppointmentsTable } from '../db/tables/appointments.js';
import { messageStatuses, type MessageStatus } from '../messaging/rules/index.js';

const nullable = z.string().nullable();

export const APPOINTMENT_STATUSES = ['scheduled', 'cancelled', 'no_show', 'completed'] as const;

export const createAppointmentSchema = z.object({
  lead_id: id,
  scheduled_at: instant,
  service_type: text(200).optional(),
  calendly_invitee_uri: text(500).optional(),
});

/** Absent = unchanged; null or blank clears the service. */
export const updateAppointmentSchema = z.strictObject({
  version: integer(1, Number.MAX_SAFE_INTEGER),
  scheduled_at: instant.optional(),
  service_type: clearable(text(200)),
  status: z
    .enum(APPOINTMENT_STATUSES, { error: `must be one of ${APPOINTMENT_STATUSES.join(', ')}` })
    .optional(),
});

export type CreateAppointment = z.output<typeof createAppointmentSchema>;
export type UpdateAppointment = z.output<typeof updateAppointmentSchema>;

export const reviewRequestSchema = z.object({
  /** `scheduled` or `cancelled`; once asked, the state of the message. */
  status: z.enum(['scheduled', 'cancelled', ...messageStatuses]),
  scheduled_for: z.string(),
  reason_code: nullable,
  message_id: nullable,
});

export const appointmentSchema = z.object({
  id: z.string(),
  appointment_id: z.string(),
  lead_id: z.string(),
  business_id: z.string(),
  status: z.enum(APPOINTMENT_STATUSES),
  scheduled_at: z.string(),
  service_type: nullable,
  source: z.enum(['api', 'calendly']),
  calendly_invitee_uri: nullable,
  /** Calendly has taken it off this time and not yet said the new one. */
  moving: z.boolean(),
  /** How often it was moved. */
  moves: z.number(),
  review_request: reviewRequestSchema,
  version: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});

export type Appointment = z.output<typeof appointmentSchema>;

/** The review message as far as an appointment shows it. */
export interface ReviewMessage {
  status: string;
  reason_code: string | null;
}

/** An appointment's row as the API shows it, with its review message when one was made. */
export function toAppointment(row: AppointmentsTable, message: ReviewMessage | null): Appointment {
  const asked = row.review_status === 'requested' && message !== null;
  return {
    id: row.id,
    appointment_id: row.id,
    lead_id: row.lead_id,
    business_id: row.business_id,
    status: row.status,
    scheduled_at: row.scheduled_at,
    service_type: row.service_type,
    source: row.source,
    calendly_invitee_uri: row.calendly_invitee_uri,
    moving: row.moving === 1,
    moves: row.moves,
    review_request: {
      status: asked
        ? (message.status as MessageStatus)
        : row.review_status === 'cancelled'
          ? 'cancelled'
          : 'scheduled',
      scheduled_for: row.review_at,
      reason_code: asked ? message.reason_code : null,
      message_id: row.review_message_id,
    },
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}
