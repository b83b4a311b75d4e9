/** Receives events and counts them; tells its parent where it listens and, when asked, how many. */
import { createServer } from 'node:http';

let count = 0;
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    count += 1;
    response.writeHead(200).end();
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ address: `http://127.0.0.1:${server.address().port}` });
});
process.on('message', () => process.send?.({ count }));
process.on('SIGTERM', () => process.exit(0));
