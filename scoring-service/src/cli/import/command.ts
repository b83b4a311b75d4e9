import { existsSync, realpathSync } from 'node:fs';

import { systemRuntime } from '../../core/clock.js';
import { text } from '../../core/fields.js';
import { silentLog } from '../../core/log.js';
import type { Store } from '../../db/store.js';
import { createDistribution, type Distribution } from '../../distribution.js';
import { createMetrics } from '../../metrics/metrics.js';
import type { Settings } from '../../settings/settings.js';
import { createProgress } from '../progress.js';
import { shown } from '../shown.js';
import { withStore } from '../with-store.js';
import { brokerImport } from './brokers.js';
import { planColumns, readMapping } from './columns.js';
import type { ImportKind, RefusedRow } from './kind.js';
import { leadImport } from './leads.js';
import { openLedger, type ImportState } from './ledger.js';
import { orderImport } from './orders.js';
import { politeStore } from './polite-store.js';
import { inspectCsv, type CsvFile } from './read-csv.js';
import { openReport } from './report.js';
import { runImport } from './run.js';

export type ImportName = 'leads' | 'brokers' | 'orders';

export interface ImportOptions {
  map: string[];
  delimiter: string;
  report?: string;
  dryRun?: boolean;
  again?: boolean;
  /** Leads only. */
  hold?: boolean;
  source?: string;
}

/** How long a batch waits for a service's write to the same SQLite file. */
const BUSY_WAIT_MS = 60_000;
/** Refusals that are told on the spot; the report has them all. */
const TOLD = 10;
const INTERRUPTED = 130;

function kindOf(
  name: ImportName,
  { intake, orders }: Distribution,
  settings: Settings,
  options: ImportOptions,
): ImportKind {
  // Each kind passes only its own values from check to write.
  if (name === 'brokers') return brokerImport(orders) as ImportKind;
  if (name === 'orders') return orderImport(orders) as ImportKind;
  return leadImport({
    intake,
    runtime: systemRuntime,
    defaultRegion: settings.DEFAULT_REGION,
    source: text(100).parse(options.source ?? 'import'),
    hold: options.hold === true,
  }) as ImportKind;
}

function delimiterOf(given: string): string {
  const delimiter = given === 'tab' || given === '\\t' ? '\t' : given;
  if (!/^[,;\t|]$/.test(delimiter)) throw new Error('--delimiter must be , or ; or | or tab.');
  return delimiter;
}

function newState(run: number, options: string): ImportState {
  return { run, rows: 0, done: false, refused: 0, counts: {}, options, report_bytes: 0 };
}

/** Where to begin: anew, or after the last commit of a run that was cut off; null: all is done. */
function startState(
  kept: ImportState | null,
  options: string,
  again: boolean,
  file: CsvFile,
): ImportState | null {
  if (kept === null) return newState(1, options);
  if (kept.done) return again ? newState(kept.run + 1, options) : null;
  if (kept.options !== options) {
    throw new Error(
      `${file.path} was begun with other options: ${kept.options}. Go on with those.`,
    );
  }
  return kept;
}

function samePlace(a: string, b: string): boolean {
  return existsSync(a) && existsSync(b) && realpathSync(a) === realpathSync(b);
}

function reason({ at, problems }: RefusedRow): string {
  const what = Object.entries(problems).map(([field, rule]) => `${shown(field)} ${rule}`);
  return `  line ${at.line}: ${what.join('; ')}`;
}

function summary(state: ImportState, report: string): string {
  const { refused, counts } = state;
  const taken = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  const kinds = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return `${taken} ${taken === 1 ? 'row' : 'rows'} taken${kinds}, ${refused} refused${refused === 0 ? '.' : `: ${report}`}`;
}

/** Calls `stop` at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function onSignals(stop: () => void): () => void {
  let asked = false;
  const listen = (): void => {
    if (asked) process.exit(INTERRUPTED);
    asked = true;
    stop();
  };
  process.on('SIGINT', listen).on('SIGTERM', listen);
  return () => void process.off('SIGINT', listen).off('SIGTERM', listen);
}

/**
 * Imports a CSV file and says what was taken. Started again with the same file, a run that was cut
 * off goes on after its last commit, and a finished one does nothing.
 * @returns the exit code: 0, 1 when rows were refused, 130 when it was stopped before the end
 */
export function importFile(
  settings: Settings,
  version: string,
  name: ImportName,
  path: string,
  options: ImportOptions,
  say: (text: string) => void,
): Promise<number> {
  const work = async (opened: Store): Promise<number> => {
    const distribution = createDistribution({
      store: politeStore(opened),
      settings,
      runtime: systemRuntime,
      log: silentLog,
      version,
      metrics: createMetrics().deliveries,
    });
    try {
      return await importInto(distribution, settings, name, path, options, say);
    } finally {
      await distribution.retry.stop();
      await distribution.deliveries.stop();
    }
  };
  return withStore(settings, work, { busyWaitMs: BUSY_WAIT_MS });
}

async function importInto(
  distribution: Distribution,
  settings: Settings,
  name: ImportName,
  path: string,
  options: ImportOptions,
  say: (text: string) => void,
): Promise<number> {
  const { routing, thresholds, retry } = distribution;
  const kind = kindOf(name, distribution, settings, options);
  const file = await inspectCsv(path, delimiterOf(options.delimiter));
  const mapping = readMapping(options.map);
  const plan = planColumns(file.header, mapping, kind.columns);
  const { hold = false, source = null } = options;
  const chosen = JSON.stringify({
    map: [...mapping].sort(),
    delimiter: file.delimiter,
    ...(name === 'leads' ? { hold, source } : {}),
  });
  const rehearse = options.dryRun === true;
  const ledger = rehearse ? null : await openLedger(routing, name, file.hash);
  const from = startState(ledger?.state() ?? null, chosen, options.again === true, file);
  if (from === null) {
    say('This file was imported already; nothing to do. --again imports it once more.');
    return 0;
  }
  const reportPath = options.report ?? `${path}.refused.csv`;
  if (samePlace(reportPath, path)) throw new Error('--report must be another file.');
  const { report, lost } = openReport(reportPath, file.header, from.report_bytes);
  if (lost) say(`${reportPath} is gone: rows refused before are not in the new one.`);
  if (plan.leftOut.length > 0) say(`Left out: ${plan.leftOut.map(shown).join(', ')}.`);
  if (from.rows > 0) say(`Going on after row ${from.rows} of ${file.rows}.`);

  let stop = false;
  const release = onSignals(() => {
    stop = true;
  });
  const reasons: string[] = [];
  const progress = createProgress(file.rows, from.rows, say);
  let state: ImportState;
  try {
    state = await runImport({
      kind,
      file,
      plan,
      report,
      ledger,
      from: lost ? { ...from, report_bytes: 0 } : from,
      // An operator may change the credit floor while a long import runs.
      beforeBatch: () => thresholds.load(),
      onRefused(rows) {
        reasons.push(...rows.slice(0, TOLD - reasons.length).map(reason));
      },
      onProgress: ({ rows }) => progress.update(rows),
      stopping: () => stop,
    });
  } finally {
    progress.stop();
    report.close();
    release();
  }
  if (rehearse) say('Nothing was imported: this was a dry run.');
  say(summary(state, reportPath));
  for (const line of reasons) say(line);
  if (state.rows < file.rows) {
    say(`Stopped after row ${state.rows} of ${file.rows}. The same command goes on from there.`);
    return INTERRUPTED;
  }
  if (kind.makesRoom && !rehearse && Object.keys(state.counts).length > 0) {
    retry.kick();
    await retry.idle();
  }
  return state.refused === 0 ? 0 : 1;
}
