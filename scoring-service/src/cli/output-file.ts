import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Refuses a place where something is already. */
export function checkTarget(path: string, force: boolean): void {
  if (!existsSync(dirname(path))) throw new Error(`There is no folder ${dirname(path)}.`);
  if (!existsSync(path)) return;
  if (!statSync(path).isFile()) throw new Error(`${path} is there already and is no file.`);
  if (!force) throw new Error(`${path} is there already. --force overwrites it.`);
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes a file that only its owner can read. It gets its name once it is whole and on disk, so that
 * nobody finds half of one; when `write` fails, nothing is left behind.
 */
export async function writeWhole(
  path: string,
  force: boolean,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  checkTarget(path, force);
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`);
  const leave = (): void => {
    rmSync(temporary, { force: true });
    process.exit(130);
  };
  closeSync(openSync(temporary, 'wx', 0o600));
  process.on('SIGINT', leave).on('SIGTERM', leave);
  try {
    await write(temporary);
    sync(temporary);
    checkTarget(path, force);
    renameSync(temporary, path);
    sync(dirname(path));
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
    rmSync(temporary, { force: true });
  }
}
