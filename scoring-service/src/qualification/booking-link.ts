const MAX_NAME_CHARS = 100;
/** RFC 5321's bound; a longer text is no address. */
const MAX_EMAIL_CHARS = 254;

/**
 * The business's booking page with the person's details filled in. Query parameters already in
 * `baseUrl` stay as they are, except that `name`, `email` and `utm_content` are ours when we have a
 * value. Spaces become %20 and every character a text message might end a link at is escaped.
 *
 * Always a valid URL whatever name and email hold: line breaks and control characters become
 * spaces, lone surrogates U+FFFD, names end after 100 characters at a character boundary. Null when
 * `baseUrl` is not an http(s) address.
 */
export function bookingLink(input: {
  baseUrl: string;
  name?: string | null;
  email?: string | null;
  leadRef: string;
}): string | null {
  const base = input.baseUrl.trim();
  if (!URL.canParse(base)) return null;
  const url = new URL(base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;

  const email = plainText(input.email);
  const ours = new Map([
    ['name', cut(plainText(input.name), MAX_NAME_CHARS)],
    ['email', email.length > MAX_EMAIL_CHARS ? '' : email],
    ['utm_content', plainText(input.leadRef)],
  ]);
  for (const [key, value] of ours) if (value === '') ours.delete(key);

  const kept = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !ours.has(keyOf(pair)));
  const added = [...ours].map(([key, value]) => `${key}=${encode(value)}`);
  url.search = [...kept, ...added].join('&');
  return url.href;
}

/** The decoded key of one `key=value` pair, read as a server would read it. */
function keyOf(pair: string): string {
  return [...new URLSearchParams(pair).keys()][0] ?? '';
}

function plainText(text: string | null | undefined): string {
  return (
    (text ?? '')
      .slice(0, 20_000)
      .toWellFormed()
      // Bidirectional overrides could make a link's text read as another name.
      .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
      .trim()
  );
}

function cut(text: string, max: number): string {
  return [...text].slice(0, max).join('').trim();
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
