/** What goes wrong with a request. `accepted`: the text was taken before it went wrong. */
export type Fault =
  /** 400 with error 21610: the recipient opted out. */
  | { kind: 'opted_out' }
  /** 429 with error 20429 and Retry-After. */
  | { kind: 'rate_limited'; retryAfter?: number }
  /** Twilio's own 500. */
  | { kind: 'server_error' }
  | { kind: 'unavailable' }
  /** A 502 page of something in between. */
  | { kind: 'gateway_error'; accepted?: boolean }
  /** No answer, ever. */
  | { kind: 'hang'; accepted?: boolean }
  /** An answer that arrives byte by byte and never ends. */
  | { kind: 'drip'; accepted?: boolean }
  /** The connection is torn down instead of an answer. */
  | { kind: 'reset'; accepted?: boolean }
  /** A 201 that is not JSON. */
  | { kind: 'garbage' };

export interface FakeMessage {
  sid: string;
  to: string;
  from: string | null;
  body: string;
  status: string;
  error_code: number | null;
  messaging_service_sid: string | null;
  status_callback: string | null;
  created_at: number;
}

export interface FakeTwilio {
  /** For TWILIO_API_BASE_URL. */
  url: string;
  accountSid: string;
  authToken: string;
  /** Every text taken, oldest first. */
  messages: FakeMessage[];
  /** `POST /…/Messages.json` and so on, in order of arrival. */
  requests: string[];
  /** Everything in which a request or an answer broke the contract: must stay empty. */
  violations: string[];
  /** The next requests fail so, one each. */
  failNext(...faults: Fault[]): void;
  /** Every request fails so, until called with null. */
  failAll(fault: Fault | null): void;
  /** Adds a text as if it had been sent earlier. */
  add(message: Partial<FakeMessage> & { to: string; body: string }): FakeMessage;
  /** The signature of a form that is posted to an address. */
  sign(url: string, params: Record<string, string>): string;
  /** Posts a signed form as Twilio would; `signedUrl` when Twilio knows another URL. */
  post(url: string, params: Record<string, string>, signedUrl?: string): Promise<Response>;
  /** Moves a text on and posts the status callback (to `deliverTo` when given). */
  report(
    sid: string,
    status: string,
    options?: { errorCode?: number; deliverTo?: string },
  ): Promise<Response>;
  close(): Promise<void>;
}

export interface FakeTwilioOptions {
  accountSid?: string;
  authToken?: string;
  now?: () => number;
}
