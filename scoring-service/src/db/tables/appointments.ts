export type AppointmentStatus = 'scheduled' | 'cancelled' | 'no_show' | 'completed';

/** A time a lead has with a business, and the request for a review that follows it. */
export interface AppointmentsTable {
  id: string;
  lead_id: string;
  business_id: string;
  status: AppointmentStatus;
  scheduled_at: string;
  service_type: string | null;
  source: 'api' | 'calendly';
  /** The booking it is at Calendly now; a move gives it another. */
  calendly_invitee_uri: string | null;
  /** 1 while Calendly has taken it off its time and not yet said the new one. */
  moving: number;
  /** Times it was moved. */
  moves: number;
  /** `requested`: the message is in the outbox and has a state of its own. */
  review_status: 'scheduled' | 'cancelled' | 'requested';
  review_at: string;
  /** When the worker has to ask; null = not by itself. */
  review_due_at: string | null;
  review_message_id: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

/** What Calendly has said of one booking, in whatever order it said it. */
export interface CalendlyInviteesTable {
  uri: string;
  /** Null until the booking itself is known. */
  appointment_id: string | null;
  cancelled: number;
  no_show: number;
  /** The booking that replaced it. */
  new_uri: string | null;
  created_at: string;
  updated_at: string;
}
