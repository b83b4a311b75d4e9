/**
 * Builds what n8n loads: nodes and credentials as CommonJS, with their icons and codex files next
 * to them. node scripts/build-nodes.mjs [folder, default dist]
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = resolve(process.argv[2] ?? join(root, 'dist'));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

// What was renamed or removed must not stay in the package.
for (const folder of ['nodes', 'credentials']) {
  rmSync(join(out, folder), { recursive: true, force: true });
}

const compiled = spawnSync(
  process.execPath,
  [tsc, '-p', join(root, 'tsconfig.nodes.json'), '--outDir', out],
  { stdio: 'inherit' },
);
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

for (const folder of ['nodes', 'credentials']) {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    if (entry.isFile() && ['.svg', '.json'].includes(extname(entry.name))) {
      cpSync(source, join(out, relative(root, source)));
    }
  }
}
