/** Webhooks refused for want of a proof, by provider, since this process started. */
export interface Refusals {
  count(provider: string): void;
  of(provider: string): number;
}

export function createRefusals(): Refusals {
  const counts = new Map<string, number>();
  return {
    count: (provider) => void counts.set(provider, (counts.get(provider) ?? 0) + 1),
    of: (provider) => counts.get(provider) ?? 0,
  };
}
