import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { Settings } from '../../settings/settings.js';
import { checkTarget, writeWhole } from '../output-file.js';
import { withStore } from '../with-store.js';
import { EXPORTS } from './kinds.js';
import { exportLines, type ExportFormat } from './lines.js';
import { readMoment } from './range.js';

export interface ExportOptions {
  from?: string;
  to?: string;
  format: ExportFormat;
  output?: string;
  force?: boolean;
  /** Leaves the fields out that the schemas mark as personal. */
  withoutPersonalData?: boolean;
}

/** Whoever read the output has had enough, as `head` does. */
function isClosedPipe(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Writes records to standard output, or to a file that only its owner can read. */
export async function exportRecords(
  settings: Settings,
  name: string,
  options: ExportOptions,
): Promise<void> {
  const kind = EXPORTS[name];
  if (kind === undefined) {
    throw new Error(`"${name}" cannot be exported. Exports: ${Object.keys(EXPORTS).join(', ')}.`);
  }
  const moment = (given: string | undefined, option: string): number | undefined =>
    given === undefined ? undefined : readMoment(given, option, settings.TIMEZONE);
  const since = moment(options.from, '--from');
  const until = moment(options.to, '--to');
  const { output, force = false, format } = options;
  if (output !== undefined) checkTarget(output, force);
  await withStore(settings, async (store) => {
    const lines = Readable.from(
      exportLines(store, kind, {
        format,
        since,
        until,
        withoutPersonalData: options.withoutPersonalData === true,
        mark: output !== undefined,
      }),
    );
    if (output !== undefined) {
      await writeWhole(output, force, (file) => pipeline(lines, createWriteStream(file)));
      return;
    }
    try {
      await pipeline(lines, process.stdout, { end: false });
    } catch (error) {
      if (!isClosedPipe(error)) throw error;
    }
  });
}
