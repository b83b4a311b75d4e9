import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
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

import { packPackage } from '../../../scripts/pack-package.js';

export const ROOT = resolve(import.meta.dirname, '../../..');

/** What a published package is made from. */
const SOURCES = [
  'nodes',
  'credentials',
  'scripts/build-nodes.mjs',
  'scripts/pack-package.ts',
  'docs/n8n-package.md',
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

/** The sources' hash, for this checkout alone: what is unpacked links to its n8n-workflow. */
function sourceHash(): string {
  const hash = createHash('sha256').update(ROOT);
  for (const source of SOURCES) {
    const path = join(ROOT, source);
    const files = source.includes('.') ? [path] : filesUnder(path).sort();
    for (const file of files) hash.update(relative(ROOT, file)).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Unpacks what npm would publish, beside the n8n-workflow that it shares with n8n-core. */
function pack(target: string): void {
  const tarball = packPackage(target);
  const modules = join(target, 'node_modules');
  const folder = join(modules, 'n8n-nodes-leadloop');
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  symlinkSync(join(ROOT, 'node_modules/n8n-workflow'), join(modules, 'n8n-workflow'));
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
 * The package as n8n would have it installed. Built once for all test files of the same sources;
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
