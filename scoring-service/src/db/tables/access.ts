/** Keys of programs that call the API. */
export interface ApiKeysTable {
  id: string;
  name: string;
  /** SHA-256 of the secret part, hex. */
  secret_hash: string;
  /** JSON array of scopes. */
  scopes: string;
  /** JSON array of broker ids the key's leads may go to, or null for all. */
  broker_ids: string | null;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

/** Answers kept for requests that carried an Idempotency-Key. */
export interface IdempotencyKeysTable {
  api_key_id: string;
  key: string;
  request_hash: string;
  status: number;
  body: string;
  created_at: string;
}
