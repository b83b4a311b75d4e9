/** The service with lead response set up, in a process of its own: prints its address when it listens. */
import { startService } from '../../scoring-service/dist/main.js';
import { readSettings } from '../../scoring-service/dist/settings/settings.js';
import { ADMIN_KEY } from './fixture.mjs';

const [, , databaseUrl, twilioUrl] = process.argv;

const settings = readSettings(
  {
    DATABASE_URL: databaseUrl,
    PORT: '0',
    LEADLOOP_ADMIN_KEY: ADMIN_KEY,
    LOG_LEVEL: 'warn',
    PUBLIC_URL: 'https://leads.example.com',
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(31)}1`,
    TWILIO_AUTH_TOKEN: 'token-of-the-bench',
    TWILIO_FROM: '+12025550100',
    TWILIO_API_BASE_URL: twilioUrl,
    BUSINESS_NAME: 'Example Dental',
    BUSINESS_PHONE: '+12025550100',
    BUSINESS_TIMEZONE: 'America/New_York',
    BUSINESS_HOURS: 'Mon-Sun 00:00-24:00',
    CALLBACK_NUMBER: '+12025550100',
  },
  process.cwd(),
);
const running = await startService({ settings, version: 'bench' });
// Texts must really be on their way, whatever the hour at which this runs.
const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
const { data } = await (await fetch(`${running.address}/api/businesses`, { headers })).json();
const saved = await fetch(`${running.address}/api/businesses/${data[0].id}`, {
  method: 'PATCH',
  headers,
  body: JSON.stringify({ version: data[0].version, missed_call_quiet_hours: 'send' }),
});
if (!saved.ok) throw new Error(await saved.text());
process.on('SIGTERM', () => {
  running.stop().then(() => process.exit(0));
});
process.send?.({ address: running.address });
