import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { shippedWorkflows } from '../../scripts/n8n/workflow-files.js';
import { asJson, post } from './support/posts.js';
import { NOTHING, oursWith, requestsTo, sameShape } from './support/same-shape.js';
import { openStage, type Stage } from './support/stage.js';
import { startStandIn } from './support/stand-in.js';

const SECRET = 'secret-of-the-bench';
const CONNECTIONS = 16;

export interface Rates {
  executions_per_second: {
    shipped: number;
    same_shape: number;
    two_requests: number;
    free_service: number;
  };
  ratio: number;
  /** What is left of the rate when n8n only asks a server twice that answers at once. */
  ratio_of_two_requests: number;
  /** What is left of it when our nodes ask a service that costs nothing: the most we can reach. */
  ratio_with_free_service: number;
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

/** A server that answers every request at once. */
async function startAnswering(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"sent"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/**
 * The lead-distribution workflow against the same nodes with ours replaced by ones that do nothing,
 * and by n8n's own for requests, taking turns in one n8n.
 */
export async function benchWorkflow({ rounds = 10, webhooks = 150 } = {}): Promise<Rates> {
  const workflow = shippedWorkflows().get('lead-distribution');
  if (workflow === undefined) throw new Error('There is no workflow lead-distribution.');
  const stage = await openStage({ direct: true });
  const answering = await startAnswering();
  const standIn = await startStandIn(stage.serviceAddress);
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
    const requests = requestsTo(answering.url);
    const standingIn = oursWith(
      await stage.rest.call<{ id: string; name: string }>('POST', '/credentials', {
        name: 'Stand-in',
        type: 'leadLoopApi',
        data: { baseUrl: standIn.address, apiKey: stage.adminKey, ignoreSslIssues: false },
      }),
    );
    for (const shape of [NOTHING, requests, standingIn])
      await stage.add(sameShape(workflow, SECRET, shape));
    const shipped: number[] = [];
    const same: number[] = [];
    const asking: number[] = [];
    const standing: number[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const rates = [
        await rateOf(stage, 'leads', webhooks),
        await rateOf(stage, NOTHING.path, webhooks),
        await rateOf(stage, requests.path, webhooks),
        await rateOf(stage, standingIn.path, webhooks),
      ];
      // The first round warms up.
      if (round < 0) continue;
      [shipped, same, asking, standing].forEach((list, index) => list.push(rates[index] ?? NaN));
    }
    const ratioOf = (rates: number[]): number =>
      rounded(median(rates.map((rate, round) => rate / (same[round] ?? NaN))), 2);
    return {
      executions_per_second: {
        shipped: rounded(median(shipped), 1),
        same_shape: rounded(median(same), 1),
        two_requests: rounded(median(asking), 1),
        free_service: rounded(median(standing), 1),
      },
      ratio: ratioOf(shipped),
      ratio_of_two_requests: ratioOf(asking),
      ratio_with_free_service: ratioOf(standing),
    };
  } finally {
    await stage.close();
    await answering.close();
    await standIn.close();
  }
}
