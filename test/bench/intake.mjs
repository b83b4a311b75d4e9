/**
 * Durable HTTP intake: the service against a hand-written group-commit server, and against itself
 * committing once per request. The three take turns in one run, so that the ratios hold whatever
 * else the machine does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { median, runLoad, startServer } from './processes.mjs';

const CONNECTIONS = 64;

export async function benchIntake({ requests = 12_000, rounds = 5 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-bench-'));
  const servers = {
    baseline: await startServer('baseline-server.mjs', [join(folder, 'baseline.db')]),
    service: await startServer('service-server.mjs', [
      `sqlite:${join(folder, 'service.db')}`,
      'group',
    ]),
    single: await startServer('service-server.mjs', [`sqlite:${join(folder, 'single.db')}`, '1']),
  };
  const amounts = { baseline: requests, service: requests, single: Math.ceil(requests / 4) };
  const rates = { baseline: [], service: [], single: [] };
  try {
    for (let round = -1; round < rounds; round += 1) {
      for (const [name, server] of Object.entries(servers)) {
        const figures = await runLoad(server.address + server.path, amounts[name], CONNECTIONS);
        if (figures.failed > 0) throw new Error(`${name}: ${figures.failed} requests failed`);
        // The first round warms up.
        if (round >= 0) rates[name].push(figures.requests / figures.seconds);
      }
    }
  } finally {
    for (const server of Object.values(servers)) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const ratio = (other) => median(rates.service.map((rate, i) => rate / rates[other][i]));
  return {
    connections: CONNECTIONS,
    leads_per_second: Object.fromEntries(
      Object.entries(rates).map(([name, values]) => [name, Math.round(median(values))]),
    ),
    ratio_to_baseline: ratio('baseline'),
    ratio_to_commit_per_request: ratio('single'),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await benchIntake());
}
