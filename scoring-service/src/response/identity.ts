import { normalizeEmail, normalizeName, normalizePhone, isWithheld } from '../contact/index.js';

/** Who an event says it comes from, as received; null for what it does not say. */
export interface Claimed {
  phone?: string | null;
  email?: string | null;
  name?: string | null;
  first_name?: string | null;
  last_name?: string | null;
  business_name?: string | null;
  ghl_contact_id?: string | null;
  state?: string | null;
  postal_code?: string | null;
  service?: string | null;
  area?: string | null;
}

/** The same in the forms that leads are found and filled by. */
export interface Identity {
  /** As compared: E.164, else digits. Null when withheld or absent. */
  phoneKey: string | null;
  /** E.164 when it is one: where a text could go. */
  e164: string | null;
  /** As typed. */
  phone: string | null;
  emailKey: string | null;
  email: string | null;
  nameKey: string | null;
  firstName: string | null;
  lastName: string | null;
  businessName: string | null;
  ghlContactId: string | null;
  withheld: boolean;
  state: string | null;
  postalCode: string | null;
  service: string | null;
  area: string | null;
}

/** Text both databases can hold, at most `max` characters; null when nothing is left. */
export function clean(value: string | null | undefined, max: number): string | null {
  const text = (value ?? '').replaceAll('\0', '').toWellFormed().trim();
  return text === '' ? null : [...text].slice(0, max).join('');
}

/** First and last name: the parts as given, else the full name cut at its last space. */
function namesOf({ name, first_name, last_name }: Claimed): [string | null, string | null] {
  const first = clean(first_name, 200);
  const last = clean(last_name, 200);
  if (first !== null || last !== null) return [first, last];
  const full = clean(name, 400)?.replace(/\s+/g, ' ') ?? null;
  if (full === null) return [null, null];
  const cut = full.lastIndexOf(' ');
  return cut < 0 ? [full, null] : [full.slice(0, cut), full.slice(cut + 1)];
}

/** The full name as names are compared; "Example, Ann" and "Ann Example" are one. */
function nameKeyOf(first: string | null, last: string | null): string | null {
  const key = normalizeName([first, last].filter((part) => part !== null).join(' '));
  return key === null ? null : key.split(' ').sort().join(' ');
}

/**
 * Reads who an event comes from. A withheld caller has no phone and no other identifier either:
 * nothing about such a caller is ever matched.
 * @param isCall whether `phone` is a caller id, which may be withheld
 */
export function identityOf(claimed: Claimed, defaultRegion: string, isCall: boolean): Identity {
  const withheld = isCall && isWithheld(claimed.phone);
  const phone = withheld ? null : normalizePhone(claimed.phone, defaultRegion);
  const [firstName, lastName] = namesOf(claimed);
  return {
    phoneKey: phone?.key ?? null,
    e164: phone?.e164 ?? null,
    phone: withheld ? null : clean(claimed.phone, 50),
    emailKey: withheld ? null : normalizeEmail(claimed.email),
    email: clean(claimed.email, 254),
    nameKey: nameKeyOf(firstName, lastName),
    firstName,
    lastName,
    businessName: clean(claimed.business_name, 200),
    ghlContactId: withheld ? null : clean(claimed.ghl_contact_id, 255),
    withheld,
    state: clean(claimed.state, 100),
    postalCode: clean(claimed.postal_code, 20),
    service: clean(claimed.service, 200),
    area: clean(claimed.area, 200),
  };
}
