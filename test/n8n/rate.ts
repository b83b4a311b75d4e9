import { shippedWorkflows } from '../../scripts/n8n/workflow-files.js';
import { asJson, post } from './support/posts.js';
import { SAME_SHAPE_PATH, sameShape } from './support/same-shape.js';
import { openStage, type Stage } from './support/stage.js';

const SECRET = 'secret-of-the-bench';
const CONNECTIONS = 16;

export interface Rates {
  executions_per_second: { shipped: number; same_shape: number };
  ratio: number;
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

let contacts = 0;

/** Webhooks a second that a workflow answers. */
async function rateOf(stage: Stage, path: string, webhooks: number): Promise<number> {
  let left = webhooks;
  const startedAt = performance.now();
  const sendSome = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const body = {
        contact_id: `rate-${(contacts += 1)}`,
        customData: { vertical: 'MCA', credit_score: '700', funding_amount: '1000' },
      };
      const response = await post(stage, asJson(path, body, { 'x-leadloop-secret': SECRET }));
      const text = await response.text();
      if (!text.includes('"assigned"')) throw new Error(`${path}: ${response.status} ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sendSome));
  return (webhooks * 1000) / (performance.now() - startedAt);
}

/**
 * The lead-distribution workflow against the same nodes with ours replaced by ones that do nothing,
 * taking turns in one n8n.
 */
export async function benchWorkflow({ rounds = 5, webhooks = 300 } = {}): Promise<Rates> {
  const workflow = shippedWorkflows().get('lead-distribution');
  if (workflow === undefined) throw new Error('There is no workflow lead-distribution.');
  const stage = await openStage();
  try {
    const broker = await stage.call('POST', '/brokers', {
      name: 'Example Funding',
      crm_webhook_url: stage.crm.url(),
    });
    await stage.call('POST', '/orders', {
      broker_id: broker.id,
      name: 'MCA',
      verticals: ['MCA'],
      total_leads: 1_000_000,
    });
    await stage.edit('lead-distribution', { lead_secret: SECRET });
    await stage.add(sameShape(workflow, SECRET));
    const shipped: number[] = [];
    const same: number[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const ours = await rateOf(stage, 'leads', webhooks);
      const theirs = await rateOf(stage, SAME_SHAPE_PATH, webhooks);
      // The first round warms up.
      if (round < 0) continue;
      shipped.push(ours);
      same.push(theirs);
    }
    return {
      executions_per_second: {
        shipped: Number(median(shipped).toFixed(1)),
        same_shape: Number(median(same).toFixed(1)),
      },
      ratio: Number(median(shipped.map((rate, i) => rate / (same[i] ?? NaN))).toFixed(2)),
    };
  } finally {
    await stage.close();
  }
}
