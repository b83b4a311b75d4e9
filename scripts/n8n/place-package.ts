import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { run } from './run.js';

const PACKAGE = 'n8n-nodes-leadloop';

type Manifest = Record<string, unknown> & { version: string };

/**
 * Puts the tarball where n8n puts a community package, by the steps of n8n 2.40's own installer
 * (unpack, leave out what is for developers, `npm install` inside, note it in the ledger); only the
 * download is left out, for which n8n accepts one registry.
 */
export async function placePackage(
  tarball: string,
  userFolder: string,
  logFile: string,
): Promise<void> {
  const nodes = join(userFolder, '.n8n/nodes');
  const folder = join(nodes, 'node_modules', PACKAGE);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], {
    cwd: nodes,
    logFile,
  });
  const path = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  delete manifest.devDependencies;
  delete manifest.peerDependencies;
  delete manifest.optionalDependencies;
  writeFileSync(path, JSON.stringify(manifest, null, 2));
  const flags =
    '--audit=false --fund=false --bin-links=false --install-strategy=shallow --ignore-scripts=true --package-lock=false';
  await run('npm', ['install', ...flags.split(' ')], { cwd: folder, logFile });
  note(join(nodes, 'package.json'), manifest.version);
}

function note(ledger: string, version: string): void {
  const known = existsSync(ledger)
    ? (JSON.parse(readFileSync(ledger, 'utf8')) as { dependencies?: Record<string, string> })
    : {};
  const dependencies = { ...known.dependencies, [PACKAGE]: version };
  writeFileSync(
    ledger,
    JSON.stringify({ name: 'installed-nodes', private: true, dependencies }, null, 2),
  );
}
