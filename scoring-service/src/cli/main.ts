import { readFileSync } from 'node:fs';

import { Command, InvalidArgumentError } from 'commander';

import { readSettings, SettingsError, type Settings } from '../settings/settings.js';
import { addDataCommands } from './data-commands.js';
import type { BacktestCommand } from './backtest.js';
import { doctor } from './doctor.js';
import { createKey, listKeys, revokeKey } from './keys.js';
import { migrateDatabase } from '../db/open.js';
import { SCOPES, type Scope } from '../access/scopes.js';
import { addPersonCommands } from './person-commands.js';
import { makeUserLink, showUsers } from './users.js';

/** The repository's root: what relative paths in the settings start at. */
const ROOT = new URL('../../../', import.meta.url).pathname;

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function settings(): Settings {
  return readSettings(process.env, ROOT);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function scopeList(text: string): Scope[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !SCOPES.some((scope) => scope === name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" is not a scope. Scopes: ${SCOPES.join(', ')}.`);
  }
  return names as Scope[];
}

const program = new Command('leadloop')
  .description('LeadLoop: lead response and lead distribution')
  .version(version());

program
  .command('serve', { isDefault: true })
  .description('migrate the database and serve the API')
  // Loaded only here: the other commands need none of the service and start in half the time.
  .action(async () => (await import('./serve.js')).serve(settings(), version(), say));

program
  .command('migrate')
  .description('bring the database to the newest schema')
  .action(async () => {
    const applied = await migrateDatabase(settings().database);
    say(applied.length === 0 ? 'Nothing to do.' : `Applied: ${applied.join(', ')}`);
  });

program
  .command('doctor')
  .description('check settings and database, and say what to mend')
  .action(async () => {
    process.exitCode = (await doctor(process.env, ROOT, say)) ? 0 : 1;
  });

const keys = program.command('keys').description('API keys');
keys
  .command('create')
  .description('make a key; it is shown once')
  .requiredOption('--name <name>', 'what it is for')
  .requiredOption('--scopes <list>', `one or more of ${SCOPES.join(', ')}, with commas`, scopeList)
  .option('--brokers <ids>', 'limit its leads to these brokers, with commas')
  .action((given: { name: string; scopes: Scope[]; brokers?: string }) =>
    createKey(settings(), given, say),
  );
keys
  .command('list')
  .description('list keys, without secrets')
  .action(() => listKeys(settings(), say));
keys
  .command('revoke <id>')
  .description("end a key's life")
  .action((id: string) => revokeKey(settings(), id, say));

const collect = (value: string, before: string[] = []): string[] => [...before, value];

program
  .command('backtest')
  .description('replay stored leads against the current or other orders; changes nothing')
  .option('--from <moment>', 'the first moment, or the day (in TIMEZONE)')
  .option('--to <moment>', 'the first moment that is no longer part of it (default: now)')
  .option('--start <where>', 'where counters begin: history (default), zero or current')
  .option('--compare-with <what>', 'history, or current_orders (the default with a proposal)')
  .option('--credit-floor <score>', 'another floor of the pre-flight check')
  .option('--change <ORDER:FIELD=VALUE>', 'change an order; may be given several times', collect)
  .option('--file <request.json>', 'a request as POST /api/routing/backtest takes it')
  .option('--differences <file>', 'write the leads that went another way, one JSON a line')
  .option('--json', 'print the result as JSON')
  .addHelpText(
    'after',
    '\nExample: leadloop backtest --from 2026-03-01 --change 0198f…:credit_score_min=650',
  )
  .action(async (given: BacktestCommand) => {
    const { backtestCommand } = await import('./backtest.js');
    process.exitCode = (await backtestCommand(settings(), given, say)) ? 0 : 1;
  });

const imports = program.command('import').description('take in a CSV file');
imports
  .command('suppressions <file>')
  .description('phones and e-mails that must not be messaged (columns phone, email, reason)')
  .action(async (file: string) => {
    const { importSuppressionsFile } = await import('./import-suppressions.js');
    process.exitCode = (await importSuppressionsFile(settings(), file, say)) ? 0 : 1;
  });

addPersonCommands(program, { settings, say });

addDataCommands(program, imports, { settings, version, say });

program
  .command('demo')
  .description("run the repository's demo: every path, with local stand-ins for the providers")
  .action(async () => {
    process.exitCode = await (await import('./demo.js')).demo(ROOT);
  });

const users = program.command('users').description('people who sign in to the dashboard');
users
  .command('list')
  .description('list users')
  .action(() => showUsers(settings(), say));
users
  .command('link <email>')
  .description('make a link by which a user chooses a new password')
  .action((email: string) => makeUserLink(settings(), email, say));

try {
  await program.parseAsync();
} catch (error) {
  const text =
    error instanceof SettingsError || error instanceof Error ? error.message : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
