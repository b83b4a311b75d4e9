/**
 * A broker's CRM for trying things out: receives deliveries on loopback, verifies their signature
 * and prints them.
 *
 *   node examples/crm-receiver.mjs whsec_…            answers 204
 *   node examples/crm-receiver.mjs whsec_… --fail     answers 500, as a CRM in trouble would
 */
import { createServer } from 'node:http';

import { Webhook } from 'standardwebhooks';

const [secret, mode] = process.argv.slice(2);
if (secret === undefined || !secret.startsWith('whsec_')) {
  console.error('Give the webhook secret that creating the broker answered: whsec_…');
  process.exit(2);
}
const webhook = new Webhook(secret);
const port = Number(process.env.PORT ?? 4199);

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    const id = request.headers['webhook-id'];
    try {
      const lead = webhook.verify(body, request.headers);
      console.log(`verified ${id}: lead ${lead.lead_id} for order ${lead.order_id}`);
    } catch (error) {
      console.log(`NOT verified ${id}: ${error.message}`);
      response.writeHead(401).end();
      return;
    }
    response.writeHead(mode === '--fail' ? 500 : 204).end();
  });
}).listen(port, '127.0.0.1', () => {
  console.log(`waiting for deliveries on http://127.0.0.1:${port}/`);
});
