import { startService } from '../main.js';
import type { Settings } from '../settings/settings.js';
import { whenNpmEnds } from './parent.js';

/** Runs until SIGINT or SIGTERM; a second signal ends at once. */
export async function serve(
  settings: Settings,
  version: string,
  say: (text: string) => void,
): Promise<void> {
  const running = await startService({ settings, version });
  // Before anything is said: who reads that it listens may ask it to stop at once.
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    say(`${signal}: finishing what is in flight`);
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  whenNpmEnds(() => stop('SIGTERM'));
  say(`LeadLoop ${version} listens on ${running.address}`);
  say(`Dashboard: ${settings.PUBLIC_URL ?? running.address}`);
  say(`API documentation: ${running.address}/docs`);
  if (running.firstLink !== null) {
    say('');
    say('Nobody can sign in yet. This link makes the first admin; it works once, for a day:');
    say(`  ${running.firstLink}`);
  }
  if (running.firstKey !== null) {
    say('');
    say('First start. This admin API key is shown once; keep it:');
    say(`  ${running.firstKey}`);
  }
}
