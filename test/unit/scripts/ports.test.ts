import { createServer } from 'node:net';

import { freePort } from '../../../scripts/n8n/ports.js';

/** Where Linux begins with the ports of outgoing connections. */
const FIRST_EPHEMERAL = 32_768;

test('a free port is none that an outgoing connection may get meanwhile, and none is given twice', async () => {
  const asked = Array.from({ length: 50 }, (_unused, n) => (n < 25 ? freePort() : freePort(0)));
  const ports = await Promise.all(asked);
  expect(new Set(ports).size).toBe(50);
  expect(Math.min(...ports)).toBeGreaterThan(0);
  expect(Math.max(...ports)).toBeLessThan(FIRST_EPHEMERAL);
});

test('the wanted port is given while it is free, another one when it is taken', async () => {
  const wanted = await freePort();
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port: taken } = holder.address() as { port: number };
  try {
    // Given once already, so that it counts as taken.
    expect(await freePort(wanted)).not.toBe(wanted);
    expect(await freePort(taken)).not.toBe(taken);
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
  expect(await freePort(taken)).toBe(taken);
});
