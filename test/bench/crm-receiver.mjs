/**
 * A CRM on loopback in a process of its own: one port that answers 200 and one that accepts
 * requests and never answers. Tells on request what came, and how long after the assignment.
 */
import { createServer } from 'node:http';

let count = 0;
let lastAt = 0;
let latencies = [];
let timing = false;

const answering = createServer((request, response) => {
  const firstByteAt = Date.now();
  let text = '';
  if (timing) request.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  else request.resume();
  request.on('end', () => {
    count += 1;
    lastAt = Date.now();
    if (timing) latencies.push(firstByteAt - Date.parse(JSON.parse(text).assigned_at));
    response.end('ok');
  });
});
const silent = createServer((request) => request.resume());

const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

process.on('message', (message) => {
  if (message.ask === 'reset') {
    count = 0;
    latencies = [];
    timing = message.timing === true;
  }
  process.send({ count, lastAt, latencies });
});
process.on('SIGTERM', () => process.exit(0));
process.send({ port: await listen(answering), deadPort: await listen(silent) });
