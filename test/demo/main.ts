import { DateTime } from 'luxon';

import { whenNpmEnds } from '../../scoring-service/src/cli/parent.js';
import { distribution, DISTRIBUTION_STEPS } from './distribution.js';
import { followUp, FOLLOW_UP_STEPS } from './follow-up.js';
import { leadResponse, RESPONSE_STEPS } from './response.js';
import { openStage, type Json } from './stage.js';
import { createTeller } from './tell.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The last Tuesday that leaves the demo two weeks, at 10:00 where the sample business is. */
function start(): number {
  const day = DateTime.now().setZone('America/New_York').minus({ days: 16 });
  return day
    .minus({ days: (day.weekday - 2 + 7) % 7 })
    .set({ hour: 10, minute: 0, second: 0, millisecond: 0 })
    .toMillis();
}

const stage = await openStage(start());
let stopping = false;
const stop = (): void => {
  if (stopping) process.exit(1);
  stopping = true;
  stage.close().then(
    () => process.exit(0),
    (error: unknown) => {
      say(String(error));
      process.exit(1);
    },
  );
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
whenNpmEnds(stop);

try {
  const tell = createTeller(DISTRIBUTION_STEPS + RESPONSE_STEPS + FOLLOW_UP_STEPS, say);
  say(
    'LeadLoop on a throw-away database. Twilio, the model, Calendly and the CRMs are fakes on this machine.',
  );
  say(
    `The demo’s clock starts at ${new Date(stage.clock.now()).toISOString()} and is moved where the story needs it.`,
  );
  await distribution(stage, tell);
  await leadResponse(stage, tell);
  await followUp(stage, tell);
  const count = async (path: string): Promise<number> =>
    ((await stage.get(path)).data as Json[]).length;
  say('');
  say('Outcome');
  say('=======');
  say(`      leads         ${await count('/leads?limit=200')}`);
  say(`      deliveries    ${await count('/deliveries?limit=200')}`);
  say(`      texts sent    ${stage.twilio.messages.length}`);
  say(`      appointments  ${await count('/appointments?limit=200')}`);
  say(`      model asked   ${stage.openai.requests.length} times`);
  stage.clock.moveTo(Date.now());
  stage.service.start();
  say('');
  say(
    `The service runs on at ${stage.address} until you press Ctrl+C; then its database is deleted.`,
  );
  say(`      API key       ${stage.key}`);
  say(`      API docs      ${stage.address}/docs`);
  say(`      Dashboard     ${stage.signInLink}`);
  say('');
  say(`      curl -H 'Authorization: Bearer ${stage.key}' ${stage.address}/api/leads`);
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
  await stage.close();
}
