import { createReadStream } from 'node:fs';

import { parse } from 'csv-parse';

import { normalizeEmail, normalizePhone } from '../contact/index.js';
import type { Actor } from '../events/activity.js';
import { suppress, type SuppressionDeps } from './suppressions.js';

/** A row that was not taken, by its line in the file (the header is line 1). */
export interface RefusedRow {
  line: number;
  reason: string;
}

export interface ImportReport {
  taken: number;
  refused: RefusedRow[];
}

interface Row {
  record: Record<string, string | undefined>;
  info: { lines: number };
}

const PER_UNIT = 200;
const REASON = 'imported';

/**
 * Puts every row of a CSV file on the suppression list. Columns: `phone`, `email` (one of them at
 * least) and `reason` (optional), in any order. What is on the list already stays as it was, so a
 * file may be imported again. Rows that name nobody are reported, the others are taken.
 */
export async function importSuppressions(
  deps: SuppressionDeps & { defaultRegion: string },
  file: string,
  actor: Actor,
): Promise<ImportReport> {
  const report: ImportReport = { taken: 0, refused: [] };
  const rows = createReadStream(file).pipe(
    parse({
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()),
    }),
  );
  let batch: { phone: string | null; email: string | null; reason: string }[] = [];
  const write = async (): Promise<void> => {
    const contacts = batch;
    batch = [];
    await deps.store.unit(function* () {
      for (const contact of contacts)
        yield* suppress(deps, { ...contact, source: 'import', actor });
    });
    report.taken += contacts.length;
  };
  for await (const row of rows as AsyncIterable<Row>) {
    const { phone, email, reason } = row.record;
    const number = normalizePhone(phone, deps.defaultRegion).e164;
    const address = normalizeEmail(email);
    const problem =
      (phone ?? '') !== '' && number === null
        ? 'the phone is no phone number'
        : (email ?? '') !== '' && address === null
          ? 'the e-mail is no address'
          : number === null && address === null
            ? 'neither a phone nor an e-mail'
            : null;
    if (problem !== null) {
      report.refused.push({ line: row.info.lines, reason: problem });
      continue;
    }
    const why = (reason ?? '').trim().slice(0, 500);
    batch.push({ phone: number, email: address, reason: why === '' ? REASON : why });
    if (batch.length >= PER_UNIT) await write();
  }
  if (batch.length > 0) await write();
  return report;
}
