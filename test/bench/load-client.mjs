/** A bounded load in a process of its own: `node load-client.mjs <url> <requests> <connections>`. */
import autocannon from 'autocannon';

import { ADMIN_KEY, leadBody } from './fixture.mjs';

const [, , url, amount, connections] = process.argv;

const result = await autocannon({
  url,
  amount: Number(amount),
  connections: Number(connections),
  requests: [
    {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      setupRequest: (request) => ({ ...request, body: leadBody() }),
    },
  ],
});
process.send?.({
  seconds: result.duration,
  requests: result['2xx'],
  failed: result.non2xx + result.errors,
  p50: result.latency.p50,
  p99: result.latency.p99,
});
