/**
 * Which brokers may get a lead: the pool of the key that it was sent with, a JSON array of broker
 * ids, or null for all. Pure: live routing and the backtest share it.
 */
export function poolMembers(brokerPool: string | null): (brokerId: string | null) => boolean {
  if (brokerPool === null) return () => true;
  const allowed = new Set(JSON.parse(brokerPool) as string[]);
  return (brokerId) => brokerId !== null && allowed.has(brokerId);
}
