/** The service with its delivery worker in a process of its own: sends its address when it listens. */
import { startService } from '../../scoring-service/dist/main.js';
import { readSettings } from '../../scoring-service/dist/settings/settings.js';
import { ADMIN_KEY } from './fixture.mjs';

const settings = readSettings(
  {
    DATABASE_URL: process.argv[2],
    PORT: '0',
    LEADLOOP_ADMIN_KEY: ADMIN_KEY,
    LOG_LEVEL: 'warn',
    EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
    DELIVERY_TIMEOUT_SECONDS: process.argv[3] ?? '15',
  },
  process.cwd(),
);
const running = await startService({ settings, version: 'bench' });
process.on('SIGTERM', () => {
  running.stop().then(() => process.exit(0));
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuMs: (user + system) / 1000 });
});
process.send({ address: running.address });
