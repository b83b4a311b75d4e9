import { Option, type Command } from 'commander';

import type { Settings } from '../settings/settings.js';
import type { ExportOptions } from './export/command.js';
import type { ImportName, ImportOptions } from './import/command.js';

/** What commands are given by the program. */
export interface CommandDeps {
  settings: () => Settings;
  version: () => string;
  say: (text: string) => void;
}

const IMPORTS: Record<ImportName, string> = {
  leads: 'leads, which are routed and assigned as if they had come by the API',
  brokers: 'brokers',
  orders: 'orders; the broker by broker_id, or by its name in the column broker',
};

const gather = (value: string, before: string[]): string[] => [...before, value];

function addImport(imports: Command, name: ImportName, { settings, version, say }: CommandDeps) {
  const command = imports
    .command(`${name} <file>`)
    .description(IMPORTS[name])
    .option(
      '--map <Column=field>',
      "a column's field; repeatable; no field leaves it out",
      gather,
      [],
    )
    .option('--delimiter <sign>', 'what separates the columns: , ; | or tab', ',')
    .option('--report <file>', 'where refused rows are written (default: FILE.refused.csv)')
    .option('--dry-run', 'check the rows and import nothing')
    .option('--again', 'import a file that was imported already once more');
  if (name === 'leads') {
    command
      .option('--source <name>', 'what the field source of the leads says (default: import)')
      .option('--hold', 'let deliveries wait ten minutes for a workflow');
  }
  command.action(async (file: string, options: ImportOptions) => {
    const { importFile } = await import('./import/command.js');
    process.exitCode = await importFile(settings(), version(), name, file, options, say);
  });
}

/** Adds what brings data in and out; each command's code is loaded when it runs. */
export function addDataCommands(program: Command, imports: Command, deps: CommandDeps): void {
  for (const name of Object.keys(IMPORTS) as ImportName[]) addImport(imports, name, deps);

  program
    .command('export <what>')
    .description('write leads, brokers, orders, routing-logs or deliveries, newest first')
    .option('--from <day>', 'made on or after this day or moment')
    .option('--to <day>', 'made before this day or moment')
    .addOption(new Option('--format <name>').choices(['csv', 'jsonl']).default('csv'))
    .option('--output <file>', 'instead of standard output')
    .option('--force', 'overwrite the file')
    .option('--without-personal-data', 'leave names, phones, e-mails and free text out')
    .action(async (what: string, options: ExportOptions) => {
      const { exportRecords } = await import('./export/command.js');
      await exportRecords(deps.settings(), what, options);
    });

  program
    .command('backup <file>')
    .description('copy the SQLite database while the service runs, and check the copy')
    .option('--force', 'overwrite the file')
    .action(async (file: string, { force = false }: { force?: boolean }) => {
      const { backup } = await import('./backup.js');
      await backup(deps.settings(), file, force, deps.say);
    });
}
