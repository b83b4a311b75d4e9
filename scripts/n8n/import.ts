import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Installation } from './installation.js';
import { run } from './run.js';
import {
  CREDENTIAL,
  shippedWorkflows,
  withCredential,
  type WorkflowFile,
} from './workflow-files.js';

export interface ImportTarget {
  installation: Installation;
  /** n8n's settings; it must not be running. */
  env: NodeJS.ProcessEnv;
  logFile: string;
}

/** Gives n8n a file to import, which may hold a secret and is gone afterwards. */
async function importFile(target: ImportTarget, kind: string, content: unknown): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-import-'));
  const file = join(folder, `${kind}.json`);
  try {
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
    const printed = await run(
      process.execPath,
      [target.installation.program, `import:${kind}`, `--input=${file}`],
      { cwd: folder, logFile: target.logFile, env: target.env as Record<string, string> },
    );
    // n8n ends with 0 whatever happened.
    if (!printed.includes('Successfully imported'))
      throw new Error(`n8n did not import the ${kind}:\n${printed.trim()}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Makes or changes the credential that the workflows use. */
export function importCredential(
  target: ImportTarget,
  data: { baseUrl: string; apiKey: string },
): Promise<void> {
  const credential = {
    ...CREDENTIAL,
    type: 'leadLoopApi',
    data: { ...data, ignoreSslIssues: false },
  };
  return importFile(target, 'credentials', [credential]);
}

/** Imports workflows as they are given; those with the same id are replaced. */
export function importWorkflows(target: ImportTarget, workflows: WorkflowFile[]): Promise<void> {
  return importFile(target, 'workflow', workflows);
}

/** The shipped workflows with the credential chosen. */
export const importShipped = (target: ImportTarget): Promise<void> =>
  importWorkflows(target, [...shippedWorkflows().values()].map(withCredential));
