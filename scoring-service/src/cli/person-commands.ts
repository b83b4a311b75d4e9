import type { Command } from 'commander';

import type { Settings } from '../settings/settings.js';
import type { PersonOptions } from './person.js';

const leadIds = (id: string, before: string[] = []): string[] => [...before, id];

const aboutSomeone = (command: Command): Command =>
  command
    .option('--phone <number>', 'everything that this number leads to')
    .option('--email <address>', 'everything that this e-mail leads to')
    .option('--lead <id>', 'this lead and what was made of it (may be given again)', leadIds);

/** `person export` and `person erase`. */
export function addPersonCommands(
  program: Command,
  { settings, say }: { settings: () => Settings; say: (text: string) => void },
): void {
  const person = program.command('person').description('the data of one person');
  aboutSomeone(person.command('export'))
    .description('write all that is stored about a person, as JSON')
    .option('--output <file>', 'a new file for it')
    .action(async (given: PersonOptions & { output?: string }) =>
      (await import('./person.js')).exportPersonTo(settings(), given, say),
    );
  aboutSomeone(person.command('erase'))
    .description('erase what tells who a person is, for good')
    .option('--reason <text>', 'kept in the activity log; must not say who it is')
    .option('--yes', 'do it')
    .action(async (given: PersonOptions & { yes?: boolean; reason?: string }) => {
      const { erasePersonBy } = await import('./person.js');
      process.exitCode = (await erasePersonBy(settings(), given, say)) ? 0 : 1;
    });
}
