import { createWriteStream, existsSync, readFileSync, type WriteStream } from 'node:fs';
import { once } from 'node:events';

import { DateTime } from 'luxon';

import { systemRuntime } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import { fieldErrors, REPORT_INPUT } from '../core/fields.js';
import { checkSchema } from '../db/migrations/index.js';
import { openReader } from '../db/reader.js';
import { LIMITS } from '../routing/backtest/answer-schema.js';
import { makePlan, requestOf } from '../routing/backtest/plan.js';
import { replayRules } from '../routing/backtest/replay-rules.js';
import { backtestSchema } from '../routing/backtest/request-schema.js';
import { runBacktest, type BacktestReport } from '../routing/backtest/run.js';
import type { Settings } from '../settings/settings.js';
import { readThresholds, thresholdsInForce } from '../thresholds/stored.js';
import { summaryOf } from './backtest-summary.js';

export interface BacktestCommand {
  from?: string;
  to?: string;
  start?: string;
  compareWith?: string;
  creditFloor?: string;
  change?: string[];
  file?: string;
  differences?: string;
  json?: boolean;
}

/** A day is its first moment in the service's time zone; a moment is left as it is. */
function moment(text: string | undefined, zone: string): string | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\d$/.test(text)) return text;
  return DateTime.fromISO(text, { zone }).toUTC().toISO() ?? text;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** `ORDER:FIELD=VALUE` texts as changes, those of one order together. */
function changesOf(texts: readonly string[]): Record<string, unknown>[] {
  const changes = new Map<string, Record<string, unknown>>();
  for (const text of texts) {
    const [, id = '', field = '', value = ''] = /^([^:=]+):([^=]+)=(.*)$/.exec(text) ?? [];
    if (field === '') {
      throw new Error(`--change must be ORDER:FIELD=VALUE, such as 0198f…:credit_score_min=650.`);
    }
    const change = changes.get(id) ?? { order_id: id };
    change[field] = valueOf(value);
    changes.set(id, change);
  }
  return [...changes.values()];
}

/** The request: the file's, with what the options say put over it. */
function requestFrom(given: BacktestCommand, zone: string): Record<string, unknown> {
  const request: Record<string, unknown> =
    given.file === undefined
      ? {}
      : (JSON.parse(readFileSync(given.file, 'utf8')) as Record<string, unknown>);
  const options = {
    from: moment(given.from, zone),
    to: moment(given.to, zone),
    start: given.start,
    compare_with: given.compareWith,
    credit_floor: given.creditFloor,
    changes: given.change === undefined ? undefined : changesOf(given.change),
  };
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) request[name] = value;
  }
  return request;
}

/** Draws over one line of a terminal; elsewhere it keeps silent. */
function createProgress() {
  const shown = process.stderr.isTTY;
  return {
    show({ leadsDone, leadsTotal }: BacktestReport): void {
      if (!shown) return;
      const percent = leadsTotal === 0 ? 100 : Math.floor((leadsDone / leadsTotal) * 100);
      process.stderr.write(`\r${percent} %  ${leadsDone} of ${leadsTotal} leads`);
    },
    end(): void {
      if (shown) process.stderr.write('\r\x1b[K');
    },
  };
}

async function writeLines(file: WriteStream, lines: readonly object[]): Promise<void> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (text !== '' && !file.write(text)) await once(file, 'drain');
}

function sayDetails(details: Record<string, unknown>, say: (text: string) => void): void {
  say('The backtest cannot be made:');
  for (const [field, rule] of Object.entries(details)) say(`  ${field}: ${String(rule)}`);
}

/**
 * Runs a backtest in this process on a read-only handle: the service need not run, and nothing is
 * stored. Says where the request is wrong, and answers whether there is a result.
 */
export async function backtestCommand(
  settings: Settings,
  given: BacktestCommand,
  say: (text: string) => void,
): Promise<boolean> {
  const parsed = backtestSchema.safeParse(requestFrom(given, settings.TIMEZONE), REPORT_INPUT);
  if (!parsed.success) {
    sayDetails(fieldErrors(parsed.error), say);
    return false;
  }
  const { database } = settings;
  if (database.kind === 'sqlite' && !existsSync(database.file)) {
    throw new Error(`There is no database at ${database.file}.`);
  }
  const reader = openReader(database);
  const progress = createProgress();
  const file = given.differences === undefined ? null : createWriteStream(given.differences);
  try {
    // Heard before anything is written: a path that cannot be opened is told as such.
    if (file !== null) await once(file, 'open');
    await checkSchema(reader.db);
    const thresholds = thresholdsInForce(settings, await readThresholds(reader));
    const plan = await makePlan(parsed.data, {
      db: reader.db,
      now: systemRuntime.clock.now(),
      rules: { credit_floor: thresholds.CREDIT_FLOOR },
      replay: replayRules(settings, thresholds),
    });
    const result = await runBacktest(reader, plan, async (report) => {
      progress.show(report);
      if (file !== null) await writeLines(file, report.differences);
    });
    progress.end();
    const request = requestOf(plan);
    if (given.json === true) say(JSON.stringify({ request, limits: LIMITS, result }, null, 2));
    else for (const line of summaryOf(request, result)) say(line);
    return true;
  } catch (error) {
    progress.end();
    const details = error instanceof AppError ? error.options.details : undefined;
    if (details === undefined) throw error;
    sayDetails(details, say);
    return false;
  } finally {
    if (file !== null) await new Promise<void>((resolve) => file.end(() => resolve()));
    await reader.close();
  }
}
