import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** What `npm pack` reads, besides what is built. The package has a README of its own. */
const SOURCES = {
  'package.json': 'package.json',
  LICENSE: 'LICENSE',
  'docs/n8n-package.md': 'README.md',
};

function run(command: string, args: string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
}

/**
 * Packs the n8n package as npm would publish it, from a copy, so that two that pack at the same
 * time do not disturb each other or what is in `dist`.
 * @returns the path of the tarball inside the folder
 */
export function packPackage(folder: string): string {
  const stage = mkdtempSync(join(tmpdir(), 'leadloop-stage-'));
  try {
    for (const [from, to] of Object.entries(SOURCES)) cpSync(join(ROOT, from), join(stage, to));
    run(process.execPath, [join(ROOT, 'scripts/build-nodes.mjs'), join(stage, 'dist')], ROOT);
    run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], stage);
  } finally {
    rmSync(stage, { recursive: true });
  }
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball.');
  return join(folder, tarball);
}

if (process.argv[1] === import.meta.filename) console.log(packPackage(process.cwd()));
