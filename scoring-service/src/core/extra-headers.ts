import { z } from 'zod';

export const MAX_EXTRA_HEADERS = 20;
const MAX_NAME = 100;
const MAX_VALUE = 4096;

/** Field names as RFC 9110 defines a token. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible ASCII, spaces and tabs: no CR, LF or NUL, nothing that clients encode differently. */
const VALUE = /^[\t\x20-\x7e]*$/;

const OURS = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);
const OUR_PREFIXES = ['webhook-', 'proxy-'];

/** True for a header that the service sets or that shapes the connection. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return OURS.has(lower) || OUR_PREFIXES.some((prefix) => lower.startsWith(prefix));
}

/** Extra request headers of a broker: at most 20, valid names and values, none of ours. */
export const extraHeadersSchema = z
  .record(
    z.string(),
    z
      .string({ error: 'must be text' })
      .max(MAX_VALUE, { error: `must be at most ${MAX_VALUE} characters` })
      .regex(VALUE, { error: 'must be printable ASCII without line breaks' }),
  )
  .superRefine((headers, context) => {
    const refuse = (name: string | null, message: string) => {
      context.addIssue({ code: 'custom', path: name === null ? [] : [name], message });
    };
    const names = Object.keys(headers);
    if (names.length > MAX_EXTRA_HEADERS) {
      refuse(null, `must hold at most ${MAX_EXTRA_HEADERS} headers`);
    }
    const seen = new Set<string>();
    for (const name of names) {
      const lower = name.toLowerCase();
      if (!TOKEN.test(name) || name.length > MAX_NAME) refuse(name, 'is not a valid header name');
      else if (isReservedHeader(name)) refuse(name, 'is set by the service and cannot be changed');
      else if (seen.has(lower)) refuse(name, 'is given twice, differing only in case');
      seen.add(lower);
    }
  });

export type ExtraHeaders = z.output<typeof extraHeadersSchema>;

/**
 * Our headers and a broker's extra ones, names in lower case. Ours always win; extra headers that
 * are reserved, malformed or doubled are left out, whatever the stored data says.
 */
export function mergeHeaders(
  ours: Readonly<Record<string, string>>,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const merged = new Map<string, string>();
  for (const [name, value] of Object.entries(ours)) merged.set(name.toLowerCase(), value);
  for (const [name, value] of Object.entries(extra)) {
    const lower = name.toLowerCase();
    if (merged.has(lower) || isReservedHeader(lower)) continue;
    if (TOKEN.test(name) && VALUE.test(value)) merged.set(lower, value);
  }
  return Object.fromEntries(merged);
}
