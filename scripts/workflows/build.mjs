/** Writes workflows/*.json: `node scripts/workflows/build.mjs`. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { WORKFLOWS } from './all.mjs';

const folder = resolve(import.meta.dirname, '../../workflows');

for (const [name, workflow] of Object.entries(WORKFLOWS)) {
  const path = resolve(folder, `${name}.json`);
  const options = { ...(await resolveConfig(path)), parser: 'json' };
  writeFileSync(path, await format(JSON.stringify(workflow, null, 2), options));
}
