import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Runs the repository's demo; its exit code. It is not part of an installed service. */
export function demo(root: string): Promise<number> {
  if (!existsSync(join(root, 'test', 'demo', 'main.ts'))) {
    throw new Error('The demo is part of the repository: run "npm ci && npm run demo" there.');
  }
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', 'demo'], { cwd: root, stdio: 'inherit' });
    // Ctrl-C reaches the demo too, which ends in order; a signal sent to us alone is passed on.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
