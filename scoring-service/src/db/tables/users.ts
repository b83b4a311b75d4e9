export const ROLES = ['admin', 'agent', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** People who sign in to the dashboard. */
export interface UsersTable {
  id: string;
  email: string;
  /** The e-mail in lower case, unique. */
  email_key: string;
  name: string;
  role: Role;
  /** See access/passwords.ts; null until the person has followed their link. */
  password_hash: string | null;
  disabled_at: string | null;
  last_sign_in_at: string | null;
  created_at: string;
  updated_at: string;
  version: number;
}

/** Who is signed in where. Only a hash of the cookie's token is kept. */
export interface SessionsTable {
  /** SHA-256 of the token, hex. */
  id: string;
  user_id: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
}

/** Links that work once: to make the first admin, or to set a password. */
export interface SignInLinksTable {
  /** SHA-256 of the token, hex. */
  id: string;
  /** Null: the link makes the first admin. */
  user_id: string | null;
  created_at: string;
  expires_at: string;
}

/** Attempts to sign in that have not succeeded, by account and by address. */
export interface SignInAttemptsTable {
  /** SHA-256 of `account <e-mail>` or `address <network>`, hex. */
  id: string;
  attempts: number;
  started_at: string;
}
