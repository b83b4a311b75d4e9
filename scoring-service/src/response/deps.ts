import type { Business } from '../businesses/business-schema.js';
import type { BusinessesDeps } from '../businesses/deps.js';
import type { Log } from '../core/log.js';
import type { Unit } from '../db/unit.js';
import type { Evidence } from '../messaging/decide.js';
import type { MessagingDeps } from '../messaging/deps.js';
import type { TaskDeps } from '../tasks/deps.js';

/** An enquiry that has its lead and its task, about to be qualified. */
export interface EnquiryTaken {
  business: Business;
  leadId: string;
  taskId: string;
  sourceEventId: string;
  trigger: 'missed_call' | 'form';
  /** Where it came from, such as `twilio call`. */
  source: string;
  message: string | null;
  /** What permits a message about it. */
  evidence: Evidence;
}

/** Puts enquiries on their way to qualification, in the unit that stores them; asks nobody. */
export interface QualifyLater {
  taken(enquiry: EnquiryTaken): Unit<void>;
  /** What the caller of a missed call said has become text. */
  transcribed(leadId: string, message: string): Unit<void>;
}

/** What taking in calls, forms and texts needs. */
export interface ResponseDeps
  extends MessagingDeps, TaskDeps, Pick<BusinessesDeps, 'defaultRegion'> {
  log: Log;
  qualify: QualifyLater;
}

/** An older lead is not the same enquiry any more: a match makes a new lead linked to it. */
export const RECENT_MS = 90 * 24 * 3_600_000;
