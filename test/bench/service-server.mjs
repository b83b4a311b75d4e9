/** The service under test in a process of its own: prints its address when it listens. */
import { startService } from '../../scoring-service/dist/main.js';
import { readSettings } from '../../scoring-service/dist/settings/settings.js';
import { ADMIN_KEY, BROKERS, orderInput } from './fixture.mjs';

const [, , databaseUrl, perUnit, orders = '100'] = process.argv;

const settings = readSettings(
  {
    DATABASE_URL: databaseUrl,
    PORT: '0',
    LEADLOOP_ADMIN_KEY: ADMIN_KEY,
    LOG_LEVEL: 'warn',
  },
  process.cwd(),
);
const running = await startService({
  settings,
  version: 'bench',
  intakeMaxPerUnit: perUnit === 'group' ? undefined : Number(perUnit),
});

async function post(path, body) {
  const response = await fetch(`${running.address}/api${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

const brokers = [];
for (let i = 0; i < BROKERS; i += 1) {
  brokers.push(
    await post('/brokers', {
      name: `Broker ${i}`,
      crm_webhook_url: 'https://crm.example.com/hook',
    }),
  );
  await post(`/brokers/${brokers[i].id}/deliveries/pause`).catch(() => undefined);
}
for (let i = 0; i < Number(orders); i += 1) {
  await post('/orders', { ...orderInput(i), broker_id: brokers[i % BROKERS].id });
}
process.on('SIGTERM', () => {
  running.stop().then(() => process.exit(0));
});
process.send?.({ address: running.address, path: '/api/leads/incoming' });
