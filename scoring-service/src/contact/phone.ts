import {
  type CountryCode,
  type PhoneNumber,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/core';
// The full metadata, which tells types of numbers apart; `libphonenumber-js/max` bundles the same.
import metadata from 'libphonenumber-js/metadata.max';

/** A phone number in the forms that matching needs. */
export interface NormalizedPhone {
  /** E.164 ("+12025550123") when the text is one possible number, else null. */
  e164: string | null;
  /** Every digit as typed, in ASCII; "" when there is none. */
  digits: string;
  /** What two numbers are compared by: E.164, else the digits, else null. */
  key: string | null;
}

/** libphonenumber's type of a number; null when the number is not valid. */
export type PhoneType =
  | 'mobile'
  | 'fixed_line'
  | 'fixed_line_or_mobile'
  | 'toll_free'
  | 'premium_rate'
  | 'shared_cost'
  | 'voip'
  | 'personal_number'
  | 'pager'
  | 'uan'
  | 'voicemail'
  | 'unknown';

export interface Textable {
  textable: boolean;
  /** Why, as a short phrase for staff. */
  detail: string;
}

/** Addresses of other channels: they may hold digits, but they are no phone number. */
const NOT_A_NUMBER = /[@]|^(?:sips?|client|whatsapp|messenger):/i;

function parse(input: string, defaultRegion?: string): PhoneNumber | undefined {
  const region = defaultRegion?.trim().toUpperCase();
  const defaultCountry: CountryCode | undefined =
    region !== undefined && isSupportedCountry(region as CountryCode, metadata)
      ? (region as CountryCode)
      : undefined;
  return parsePhoneNumberFromString(input, { defaultCountry, extract: false }, metadata);
}

/**
 * Reads a number as people type it. A number without + is read in `defaultRegion` (a two-letter
 * region such as "US"; an unknown one means none). Only a number of a possible length becomes
 * E.164: it may still be unassigned, see {@link isTextable}. Extensions are left out.
 *
 * @example normalizePhone('(202) 555-0123', 'US').e164 // '+12025550123'
 */
export function normalizePhone(
  input: string | null | undefined,
  defaultRegion?: string,
): NormalizedPhone {
  const typed = (input ?? '').normalize('NFKC').trim().replace(/^tel:/i, '');
  if (NOT_A_NUMBER.test(typed)) return { e164: null, digits: '', key: null };
  const digits = typed.replace(/\D/g, '');
  const parsed = parse(typed, defaultRegion);
  const e164 = parsed?.isPossible() === true ? parsed.number : null;
  return { e164, digits, key: e164 ?? (digits === '' ? null : digits) };
}

/** The type of a number in E.164 by libphonenumber's full metadata; null when it is not valid. */
export function phoneType(e164: string): PhoneType | null {
  const parsed = /^\+\d+$/.test(e164) ? parse(e164) : undefined;
  if (parsed?.isValid() !== true) return null;
  const type = parsed.getType();
  return type === undefined ? 'unknown' : (type.toLowerCase() as PhoneType);
}

/** The region ("US", "GB") of a number in E.164, null when the number does not say. */
export function regionOfPhone(e164: string): string | null {
  return parse(e164)?.country ?? null;
}

const TEXTABLE_TYPES: ReadonlySet<PhoneType> = new Set<PhoneType>([
  'mobile',
  'fixed_line_or_mobile',
  'voip',
  'unknown',
]);

/**
 * Whether a text may be sent to a number: valid E.164, and not of a type that cannot receive one
 * (fixed line, toll-free, premium, shared cost, personal, pager, UAN, voicemail). Where mobile and
 * fixed numbers look alike (US, CA) the number counts as textable.
 */
export function isTextable(e164: string | null | undefined): Textable {
  if (e164 == null || e164 === '') return { textable: false, detail: 'no phone number' };
  const type = phoneType(e164);
  if (type === null) return { textable: false, detail: 'not a valid phone number' };
  const words = type.replaceAll('_', ' ');
  return TEXTABLE_TYPES.has(type)
    ? { textable: true, detail: words }
    : { textable: false, detail: `${words} numbers receive no texts` };
}
