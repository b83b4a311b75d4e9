import { leadName } from '../leads/lead.js';
import type { BusinessesTable } from '../db/tables/businesses.js';
import type { LeadsTable } from '../db/tables/leads.js';
import type { QualificationJobsTable } from '../db/tables/qualification.js';
import type { LeadToQualify } from './qualify.js';

/** What the scorers are told of a job's enquiry. */
export function enquiryOf(
  job: Pick<QualificationJobsTable, 'enquiry_source' | 'message' | 'vertical'>,
  lead: Pick<LeadsTable, 'first_name' | 'last_name' | 'phone' | 'email'>,
  business: Pick<BusinessesTable, 'vertical' | 'privacy_profile'>,
): LeadToQualify {
  return {
    name: leadName(lead),
    phone: lead.phone,
    email: lead.email,
    source: job.enquiry_source,
    message: job.message,
    vertical: job.vertical ?? business.vertical,
    profile: business.privacy_profile,
  };
}
