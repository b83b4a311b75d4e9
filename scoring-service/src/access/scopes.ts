export const SCOPES = ['intake', 'read', 'operate', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

const IMPLIED: Record<Scope, readonly Scope[]> = {
  intake: ['intake'],
  read: ['read'],
  operate: ['operate', 'read'],
  admin: ['admin', 'operate', 'read', 'intake'],
};

/** `admin` contains `operate` contains `read`; `admin` contains `intake`. */
export function allows(granted: readonly Scope[], needed: Scope): boolean {
  return granted.some((scope) => IMPLIED[scope].includes(needed));
}
