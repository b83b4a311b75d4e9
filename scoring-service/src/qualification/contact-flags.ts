import { z } from 'zod';

import { normalizePhone, phoneType } from '../contact/index.js';
import type { ContactFlags, Enquiry } from './enquiry.js';

const emailShape = z.email();
/** Longest values worth parsing: RFC 5321 caps an address at 254; no phone number needs 64 characters. */
const MAX_EMAIL = 254;
const MAX_PHONE = 64;

/**
 * Reduces phone and email to "present" and "well-formed", the only things about them that a
 * scorer or a model may know. A phone is well-formed when libphonenumber's full metadata calls it
 * valid, read in `defaultRegion` unless it is international. Never throws.
 */
export function contactFlags(
  enquiry: Pick<Enquiry, 'phone' | 'email'>,
  defaultRegion = 'US',
): ContactFlags {
  const phone = enquiry.phone?.trim() ?? '';
  const email = enquiry.email?.trim() ?? '';
  return {
    phone: { present: phone !== '', well_formed: isPhone(phone, defaultRegion) },
    email: {
      present: email !== '',
      well_formed: email.length <= MAX_EMAIL && emailShape.safeParse(email).success,
    },
  };
}

function isPhone(text: string, region: string): boolean {
  if (text === '' || text.length > MAX_PHONE) return false;
  const { e164 } = normalizePhone(text, region);
  return e164 !== null && phoneType(e164) !== null;
}
