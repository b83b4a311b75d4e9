import twilio from 'twilio';

export interface TwilioSigned {
  authToken: string;
  /** The `X-Twilio-Signature` header. */
  signature: string | undefined;
  /** The exact URL Twilio posted to, see {@link publicUrlOf}. */
  url: string;
  /** The parsed form parameters; {} for a GET. */
  params?: Readonly<Record<string, unknown>>;
  /** The raw body of a JSON callback, whose URL carries `bodySHA256`. */
  rawBody?: string | Buffer;
}

/** PUBLIC_URL + path + query, as Twilio knows and signs it. `pathAndQuery` starts with "/". */
export function publicUrlOf(publicUrl: string, pathAndQuery: string): string {
  return publicUrl.replace(/\/+$/, '') + pathAndQuery;
}

/**
 * True only when Twilio, holding our auth token, signed exactly this request (HMAC-SHA1 over the
 * URL and the sorted parameters; for JSON over the URL that holds the body's hash). Never throws;
 * a missing signature, token or body hash is false. Compared in constant time by the SDK.
 */
export function verifyTwilioSignature(signed: TwilioSigned): boolean {
  const { authToken, signature, url, params, rawBody } = signed;
  if (authToken === '' || signature === undefined || signature === '') return false;
  if (!URL.canParse(url)) return false;
  const hasBodyHash = new URL(url).searchParams.has('bodySHA256');
  if (hasBodyHash) {
    // The parameters of such a request are not signed one by one, so the body must be present.
    if (rawBody === undefined) return false;
    return twilio.validateRequestWithBody(authToken, signature, url, rawBody.toString('utf8'));
  }
  return twilio.validateRequest(authToken, signature, url, { ...params });
}
