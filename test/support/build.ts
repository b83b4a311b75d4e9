import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { transformFileSync } from '@swc/core';

const REPOSITORY = new URL('../../', import.meta.url).pathname;

/** The service built into a folder of its own, so that real processes can be started from it. */
export interface Build {
  /** bin/leadloop.js of the build. */
  bin: string;
  root: string;
  /** The entry of a backtest's thread. */
  backtestScript: URL;
  remove(): void;
}

export function buildService(): Build {
  const root = mkdtempSync(join(tmpdir(), 'leadloop-build-'));
  const source = join(REPOSITORY, 'scoring-service');
  const target = join(root, 'scoring-service');
  mkdirSync(target);
  for (const part of ['bin', 'package.json']) {
    cpSync(join(source, part), join(target, part), { recursive: true });
  }
  // Style sheets and scripts of the dashboard are served from where they are written.
  const assets = join('src', 'dashboard', 'assets');
  cpSync(join(source, assets), join(target, assets), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  symlinkSync(join(source, 'node_modules'), join(target, 'node_modules'));
  for (const name of readdirSync(join(source, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(name)) continue;
    const { code } = transformFileSync(join(source, 'src', name), {
      swcrc: false,
      configFile: false,
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', tsx: name.endsWith('x') },
        transform: { react: { runtime: 'automatic', importSource: '@kitajs/html' } },
      },
      module: { type: 'es6' },
    });
    const out = join(target, 'dist', name.replace(/\.tsx?$/, '.js'));
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, code);
  }
  return {
    bin: join(target, 'bin', 'leadloop.js'),
    root,
    backtestScript: pathToFileURL(join(target, 'dist', 'routing', 'backtest', 'worker.js')),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
