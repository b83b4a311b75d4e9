import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { run } from './run.js';

const MANIFEST = fileURLToPath(new URL('manifest/package.json', import.meta.url));

/** Packages of n8n that bring native code which has to fit this Node. */
const NATIVE = ['sqlite3', 'isolated-vm'];

export interface Installation {
  /** The script that Node runs as `n8n`. */
  program: string;
  version: string;
  /** Where n8n's packages are, for those who read its descriptions. */
  modules: string;
}

/** Outside the repository, so that n8n is paid for once per machine. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return env.LEADLOOP_CACHE_DIR ?? join(base, 'leadloop');
}

/** One folder for each thing that changes what has to be installed. */
function keyOf(manifest: string): string {
  const parts = [manifest, process.versions.modules, process.platform, process.arch];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
}

function installationIn(folder: string): Installation {
  const modules = join(folder, 'node_modules');
  const read = JSON.parse(readFileSync(join(modules, 'n8n/package.json'), 'utf8')) as {
    version: string;
  };
  return { program: join(modules, 'n8n/bin/n8n'), version: read.version, modules };
}

/**
 * Builds the native packages against this Node. A Node from npm has no headers beside it, and a
 * system Node may be another version, so that they come from the package of Node's own binary.
 */
async function buildNative(folder: string, logFile: string): Promise<void> {
  const headers = join(folder, 'headers');
  mkdirSync(headers);
  writeFileSync(join(headers, 'package.json'), '{"private": true}');
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const node = `node-${platform}-${process.arch}`;
  const quiet = ['--no-audit', '--no-fund'];
  const options = { cwd: headers, logFile };
  await run('npm', ['install', ...quiet, `${node}@${process.versions.node}`], options);
  await run('npm', ['rebuild', ...NATIVE], {
    cwd: folder,
    logFile,
    env: { npm_config_nodedir: join(headers, 'node_modules', node) },
  });
  rmSync(headers, { recursive: true });
}

/**
 * The pinned n8n, installed on the first call (about five minutes and 2.2 GB) and found again after
 * that. Half an installation is never used: it is renamed into place when it has answered.
 */
export async function installN8n(say: (text: string) => void): Promise<Installation> {
  const manifest = readFileSync(MANIFEST, 'utf8');
  const home = join(cacheFolder(), `n8n-${keyOf(manifest)}`);
  if (existsSync(home)) return installationIn(home);
  mkdirSync(dirname(home), { recursive: true });
  const building = mkdtempSync(`${home}-building-`);
  const logFile = join(dirname(home), 'install.log');
  try {
    const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
    say(`Installing n8n ${dependencies.n8n} into ${home}: some minutes, once per machine`);
    say(`(what npm says goes to ${logFile})`);
    copyFileSync(MANIFEST, join(building, 'package.json'));
    const args = ['install', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', args, { cwd: building, logFile });
    say("Building n8n's native packages");
    await buildNative(building, logFile);
    await run(process.execPath, [installationIn(building).program, '--version'], {
      cwd: building,
      logFile,
      env: { N8N_USER_FOLDER: building },
    });
    // Another start may have been quicker; what it made is the same.
    if (!existsSync(home)) renameSync(building, home);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return installationIn(home);
}
