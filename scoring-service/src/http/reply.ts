/** What a handler answers. */
export interface Reply {
  status: number;
  body?: unknown;
  /** Sent as it is, instead of a JSON body. */
  text?: { type: string; content: string };
  headers?: Record<string, string>;
}
