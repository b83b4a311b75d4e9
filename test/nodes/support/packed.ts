import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../../..');

/** What a published package is made from. */
const SOURCES = [
  'nodes',
  'credentials',
  'scripts/build-nodes.mjs',
  'tsconfig.nodes.json',
  'tsconfig.base.json',
  'package.json',
];

export interface PackedPackage {
  /** The unpacked package, inside a node_modules folder that also has n8n-workflow. */
  folder: string;
  /** Paths inside the package, without the leading folder. */
  files: string[];
}

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function sourceHash(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(ROOT, source);
    const files = source.includes('.') ? [path] : filesUnder(path).sort();
    for (const file of files) hash.update(relative(ROOT, file)).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

function run(command: string, args: string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Packs a copy of the project as npm would publish it, sources beside it, and unpacks the result. */
function pack(target: string): void {
  const stage = join(target, 'stage');
  mkdirSync(stage, { recursive: true });
  for (const name of [
    'package.json',
    'README.md',
    'LICENSE',
    'nodes',
    'credentials',
    'docs',
    'tsconfig.nodes.json',
  ]) {
    if (existsSync(join(ROOT, name)))
      cpSync(join(ROOT, name), join(stage, name), { recursive: true });
  }
  run(process.execPath, [join(ROOT, 'scripts/build-nodes.mjs'), join(stage, 'dist')], ROOT);
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', target], stage);
  const tarball = readdirSync(target).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball.');
  const modules = join(target, 'node_modules');
  const folder = join(modules, 'n8n-nodes-leadloop');
  mkdirSync(folder, { recursive: true });
  run('tar', ['-xzf', join(target, tarball), '-C', folder, '--strip-components=1'], target);
  symlinkSync(join(ROOT, 'node_modules/n8n-workflow'), join(modules, 'n8n-workflow'));
  rmSync(stage, { recursive: true });
}

const STALE_AFTER_MS = 24 * 3600 * 1000;

/** Removes what earlier states of the sources left behind. */
function prune(): void {
  for (const name of readdirSync(tmpdir())) {
    const path = join(tmpdir(), name);
    if (!name.startsWith('leadloop-package-')) continue;
    if (Date.now() - statSync(path).mtimeMs > STALE_AFTER_MS) rmSync(path, { recursive: true });
  }
}

/**
 * The package as n8n would have it installed. Built once for all test files with the same sources;
 * two that build at the same time do not disturb each other.
 */
export function packedPackage(): PackedPackage {
  const home = join(tmpdir(), `leadloop-package-${sourceHash()}`);
  if (!existsSync(home)) {
    prune();
    const building = mkdtempSync(join(tmpdir(), 'leadloop-packing-'));
    pack(building);
    try {
      renameSync(building, home);
    } catch (error) {
      rmSync(building, { recursive: true });
      if (!existsSync(home)) throw error;
    }
  }
  const folder = join(home, 'node_modules/n8n-nodes-leadloop');
  return {
    folder,
    files: filesUnder(folder)
      .map((file) => relative(folder, file))
      .sort(),
  };
}
