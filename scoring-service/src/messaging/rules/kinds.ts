const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const messageKinds = [
  'acknowledgement',
  'booking_link',
  'review_request',
  'staff_alert',
  'manual',
] as const;

export type MessageKind = (typeof messageKinds)[number];

/** What permits a message of a kind. */
export type ConsentRule =
  /** A call permits one transactional reply; a form needs its SMS box. */
  | 'call_or_form'
  /** A kept appointment. */
  | 'kept_appointment'
  /** The recipient works for the business. */
  | 'staff'
  /** A person decided to send it. */
  | 'person';

/** How often a message of a kind may go out, and what is counted. */
export interface RepeatRule {
  /** Earlier messages that count: of the same kind to this phone from this business, … */
  scope: 'phone_and_business' | 'enquiry' | 'phone';
  /** Milliseconds during which one earlier message forbids another; null = for ever. */
  windowMs: number | null;
}

/** What quiet hours do to a message of a kind. */
export type QuietRule =
  /** The business's setting for calls; always put off for forms. */
  | 'setting_for_calls'
  | 'defer'
  /** The owner's setting. */
  | 'setting'
  /** Staff are told, the message goes. */
  | 'warn';

export interface KindRules {
  consent: ConsentRule;
  repeat: RepeatRule | null;
  quietHours: QuietRule;
  /** True when the business must have turned this kind on. */
  optional: boolean;
}

/** The one table of what each kind of message needs. */
export const kindRules: Readonly<Record<MessageKind, KindRules>> = {
  acknowledgement: {
    consent: 'call_or_form',
    repeat: { scope: 'phone_and_business', windowMs: DAY_MS },
    quietHours: 'setting_for_calls',
    optional: false,
  },
  booking_link: {
    consent: 'call_or_form',
    repeat: { scope: 'enquiry', windowMs: null },
    quietHours: 'defer',
    optional: true,
  },
  review_request: {
    consent: 'kept_appointment',
    repeat: { scope: 'phone', windowMs: 90 * DAY_MS },
    quietHours: 'defer',
    optional: false,
  },
  staff_alert: { consent: 'staff', repeat: null, quietHours: 'setting', optional: false },
  manual: { consent: 'person', repeat: null, quietHours: 'warn', optional: false },
};
