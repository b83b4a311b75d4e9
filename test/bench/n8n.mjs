/**
 * How many executions of the lead-distribution workflow a real n8n manages, against the same shape
 * of core nodes that do nothing.
 */
import { pathToFileURL } from 'node:url';

import '../../scripts/register-typescript.mjs';

export async function benchN8n() {
  const { benchWorkflow } = await import('../n8n/rate.ts');
  return benchWorkflow();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await benchN8n());
}
