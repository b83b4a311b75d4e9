import { post, asJson } from '../support/posts.js';
import { eventually } from '../support/executions.js';
import type { Stage } from '../support/stage.js';

const WEBHOOKS = 2000;
const CONNECTIONS = 16;
const VERTICAL = 'Many';
const SECRET = { 'x-leadloop-secret': 'secret-of-the-many' };

export function manySuite(stage: () => Stage): void {
  it(`loses none of ${WEBHOOKS} leads that come as fast as n8n takes them`, async () => {
    const broker = await stage().call('POST', '/brokers', {
      name: 'Many Funding',
      crm_webhook_url: stage().crm.url('/many'),
    });
    await stage().call('POST', '/orders', {
      broker_id: broker.id,
      name: 'Many leads',
      verticals: [VERTICAL],
      total_leads: WEBHOOKS,
    });
    await stage().edit('lead-distribution', { lead_secret: SECRET['x-leadloop-secret'] });
    const before = stage().crm.requests.length;
    const statuses: number[] = [];
    const answers: string[] = [];
    let next = 0;
    const sendMany = async (): Promise<void> => {
      for (let i = next++; i < WEBHOOKS; i = next++) {
        const body = {
          contact_id: `many-${i}`,
          customData: { vertical: VERTICAL, credit_score: '700', funding_amount: '1000' },
        };
        const response = await post(stage(), asJson('leads', body, SECRET));
        statuses.push(response.status);
        answers.push(((await response.json()) as { lead_id: string }).lead_id);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, sendMany));
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(new Set(answers).size).toBe(WEBHOOKS);
    await eventually('the deliveries', () =>
      stage().crm.requests.length - before >= WEBHOOKS ? true : undefined,
    );
    const delivered = stage()
      .crm.requests.slice(before)
      .map(({ body }) => (JSON.parse(body) as { lead_id: string }).lead_id);
    expect([...delivered].sort()).toEqual([...answers].sort());
  }, 300_000);
}
