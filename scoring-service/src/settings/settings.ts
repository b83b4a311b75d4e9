import { isAbsolute, resolve } from 'node:path';

import ipaddr from 'ipaddr.js';
import { z } from 'zod';

import { isTimezone } from '../core/timezone.js';
import { parseWeeklyHours } from '../hours/parse.js';
import { deliverySettings, deliverySettingsProblem } from './delivery.js';
import { flag, number } from './kinds.js';
import { qualificationSettings } from './qualification.js';
import { retentionSettings } from './retention.js';
import { THRESHOLD_RULES, type ThresholdName } from './threshold-rules.js';

export type DatabaseLocation = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string };

const zone = z.string().refine(isTimezone, 'must be an IANA time zone such as America/New_York');

const httpUrl = z
  .string()
  .refine(
    (value) => /^https?:\/\/\S+$/i.test(value) && URL.canParse(value),
    'must be an http(s) URL',
  );

const NAMED_NETWORK = /^(loopback|linklocal|uniquelocal)$/;

function isNetwork(text: string): boolean {
  if (NAMED_NETWORK.test(text) || ipaddr.isValid(text)) return true;
  return ipaddr.isValidCIDR(text);
}

const trustProxy = z
  .string()
  .refine(
    (value) =>
      /^(none|false|true|\d{1,2})$/i.test(value) ||
      value.split(',').every((part) => isNetwork(part.trim())),
    'must be none, a number of proxies, or addresses and networks such as 10.0.0.0/8, loopback',
  );

/** A limit that may also be changed while the service runs. */
const threshold = (name: ThresholdName) =>
  number(THRESHOLD_RULES[name].fallback, THRESHOLD_RULES[name]);

/** The environment's variables; a blank value counts as unset. */
const environmentSchema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: number(4100, { min: 0, max: 65535, integer: true }),
  DATABASE_URL: z
    .string()
    .default('sqlite:./data/leadloop.db')
    .refine(
      (value) => /^(sqlite:.+|postgres(ql)?:\/\/.+)$/.test(value),
      'must be sqlite:<path> or postgres://…',
    ),
  DATABASE_POOL_SIZE: number(10, { min: 2, max: 200, integer: true }),
  PUBLIC_URL: httpUrl.optional(),
  TIMEZONE: zone.default('UTC'),
  DEFAULT_REGION: z
    .string()
    .default('US')
    .refine((value) => /^[A-Z]{2}$/.test(value), 'must be a two-letter country code such as US'),
  LEADLOOP_ADMIN_KEY: z
    .string()
    .refine((value) => value.length >= 24, 'must have 24 or more characters')
    .optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: httpUrl.optional(),
  OPENAI_MODEL: z.string().default('gpt-4o-mini'),
  TWILIO_ACCOUNT_SID: z.string().optional(),
  TWILIO_AUTH_TOKEN: z.string().optional(),
  TWILIO_FROM: z.string().optional(),
  TWILIO_MESSAGING_SERVICE_SID: z.string().optional(),
  TWILIO_API_BASE_URL: httpUrl.optional(),
  CALENDLY_BOOKING_URL: httpUrl.optional(),
  CALENDLY_WEBHOOK_SIGNING_KEY: z.string().optional(),
  GHL_WEBHOOK_SECRET: z.string().optional(),
  GHL_PUBLIC_KEY: z.string().optional(),
  REVIEW_URL: httpUrl.optional(),
  REVIEW_DELAY_HOURS: threshold('REVIEW_DELAY_HOURS'),
  REVIEW_REPEAT_DAYS: threshold('REVIEW_REPEAT_DAYS'),
  BUSINESS_NAME: z.string().optional(),
  BUSINESS_PHONE: z.string().optional(),
  BUSINESS_TIMEZONE: zone.optional(),
  BUSINESS_HOURS: z
    .string()
    .refine(
      (value) => parseWeeklyHours(value).ok,
      'must be weekly hours such as "Mon-Fri 09:00-17:00"',
    )
    .optional(),
  CALLBACK_NUMBER: z.string().optional(),
  CREDIT_FLOOR: threshold('CREDIT_FLOOR'),
  BOOK_NOW_MIN_SCORE: threshold('BOOK_NOW_MIN_SCORE'),
  FOLLOW_UP_MIN_SCORE: threshold('FOLLOW_UP_MIN_SCORE'),
  UNASSIGNED_RETRY_MAX_AGE_HOURS: threshold('UNASSIGNED_RETRY_MAX_AGE_HOURS'),
  REROUTE_ON_UPDATE: flag(true),
  SMTP_URL: z.string().optional(),
  SMTP_FROM: z.string().optional(),
  TRUST_PROXY: trustProxy.optional(),
  ...deliverySettings,
  ...qualificationSettings,
  EVENTS_RETENTION_DAYS: number(30, { min: 1, max: 3650 }),
  ...retentionSettings,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

const scoresSchema = environmentSchema.pick({
  BOOK_NOW_MIN_SCORE: true,
  FOLLOW_UP_MIN_SCORE: true,
});

type Environment = z.output<typeof environmentSchema>;

export interface Settings extends Omit<Environment, 'DATABASE_URL'> {
  database: DatabaseLocation;
  /** Names of the variables that are set: what they say cannot be changed while running. */
  given: ReadonlySet<string>;
}

/** Every problem of the environment, one line each, without any value that might be a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: string[]) {
    super(`The settings are not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * Reads the settings from environment variables.
 * @param root what relative paths start at: the repository's root
 * @throws SettingsError that lists every problem together
 */
export function readSettings(env: Record<string, string | undefined>, root: string): Settings {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  const problems = (parsed.error?.issues ?? []).map(
    (issue) => `${issue.path.join('.')}: ${issue.message}`,
  );
  // Looked at by themselves, so that this is told together with everything else.
  const scores = scoresSchema.safeParse(given);
  if (scores.success && scores.data.FOLLOW_UP_MIN_SCORE >= scores.data.BOOK_NOW_MIN_SCORE) {
    problems.push('FOLLOW_UP_MIN_SCORE: must be below BOOK_NOW_MIN_SCORE');
  }
  if (!parsed.success || problems.length > 0) throw new SettingsError(problems);
  const { DATABASE_URL, ...rest } = parsed.data;
  const deliveryProblem = deliverySettingsProblem(rest);
  if (deliveryProblem !== null) throw new SettingsError([deliveryProblem]);
  return {
    ...rest,
    database: databaseLocation(DATABASE_URL, root),
    given: new Set(Object.keys(given)),
  };
}

function databaseLocation(url: string, root: string): DatabaseLocation {
  if (!url.startsWith('sqlite:')) return { kind: 'postgres', url };
  const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
  return { kind: 'sqlite', file: isAbsolute(path) ? path : resolve(root, path) };
}
