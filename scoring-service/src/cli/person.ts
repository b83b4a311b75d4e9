import { writeFileSync } from 'node:fs';

import { systemRuntime } from '../core/clock.js';
import { fieldErrors, REPORT_INPUT } from '../core/fields.js';
import type { Actor } from '../events/activity.js';
import { erasePerson } from '../privacy/erase.js';
import { exportPerson } from '../privacy/export.js';
import { findPerson, personNotFound } from '../privacy/find.js';
import { personSchema, type PersonQuery } from '../privacy/privacy-schema.js';
import type { Settings } from '../settings/settings.js';
import { withStore } from './with-store.js';

const OPERATOR: Actor = { type: 'system', id: null, name: 'command line' };

export interface PersonOptions {
  phone?: string;
  email?: string;
  lead?: string[];
}

const leads = (count: number): string => (count === 1 ? '1 lead' : `${count} leads`);

function personOf({ phone, email, lead }: PersonOptions): PersonQuery {
  const parsed = personSchema.safeParse({ phone, email, lead_ids: lead }, REPORT_INPUT);
  if (parsed.success) return parsed.data;
  const problems = Object.entries(fieldErrors(parsed.error));
  throw new Error(problems.map(([field, rule]) => `${field}: ${rule}`).join('\n'));
}

/** Writes all that is stored about a person to a file that only its owner can read, or prints it. */
export async function exportPersonTo(
  settings: Settings,
  given: PersonOptions & { output?: string },
  say: (text: string) => void,
): Promise<void> {
  const query = personOf(given);
  const data = await withStore(settings, (store) =>
    exportPerson(
      { store, clock: systemRuntime.clock, defaultRegion: settings.DEFAULT_REGION },
      query,
    ),
  );
  const text = JSON.stringify(data, null, 2);
  if (given.output === undefined) {
    say(text);
    return;
  }
  writeFileSync(given.output, `${text}\n`, { mode: 0o600, flag: 'wx' });
  say(`${leads(data.lead_ids.length)} written to ${given.output}.`);
}

/** Erases a person; without `yes` it only says what it would take. */
export async function erasePersonBy(
  settings: Settings,
  given: PersonOptions & { yes?: boolean; reason?: string },
  say: (text: string) => void,
): Promise<boolean> {
  const query = personOf(given);
  return withStore(settings, async (store) => {
    const deps = { store, runtime: systemRuntime, defaultRegion: settings.DEFAULT_REGION };
    const held = await findPerson(deps, query);
    if (held === null) throw personNotFound();
    if (given.yes !== true) {
      say(`This would erase ${leads(held.leads.length)}: ${held.leads.join(', ')}`);
      say('It cannot be undone. Look at "leadloop person export" first, then add --yes.');
      return false;
    }
    const result = await store.unit(() => erasePerson(deps, held, given.reason, OPERATOR), {
      lock: 'routing',
    });
    say(JSON.stringify(result, null, 2));
    return true;
  });
}
