/** A bounded load in a process of its own: `node load-client.mjs <url> <requests> <connections>`. */
import autocannon from 'autocannon';

import { ADMIN_KEY, leadBody } from './fixture.mjs';

const [, , url, amount, connections] = process.argv;

const load = autocannon({
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
// Its own duration is rounded up to whole seconds, as it looks once a second whether it has ended.
let startedAt = performance.now();
let endedAt = startedAt;
load.on('start', () => {
  startedAt = performance.now();
});
load.on('response', () => {
  endedAt = performance.now();
});
const result = await load;
process.send?.({
  seconds: (endedAt - startedAt) / 1000,
  requests: result['2xx'],
  failed: result.non2xx + result.errors,
  p50: result.latency.p50,
  p99: result.latency.p99,
});
