import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Fault } from './twilio-types.js';

/** Twilio's error object. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ code, message, more_info: `https://example.com/${code}`, status }));
}

function page(response: ServerResponse, status: number, title: string): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(`<h1>${title}</h1>`);
}

/** Ends a request, or never ends it, in the way of a fault. */
export function failWith(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  switch (fault.kind) {
    case 'opted_out':
      return refuse(response, 400, 21610, 'Attempt to send to unsubscribed recipient');
    case 'rate_limited':
      response.setHeader('retry-after', String(fault.retryAfter ?? 7));
      return refuse(response, 429, 20429, 'Too Many Requests');
    case 'server_error':
      return refuse(response, 500, 20500, 'Internal Server Error');
    case 'unavailable':
      return page(response, 503, 'Service Unavailable');
    case 'gateway_error':
      return page(response, 502, 'Bad Gateway');
    case 'garbage':
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"sid": "SM');
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'hang':
      return;
    case 'drip': {
      response.writeHead(201, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      // Closing the fake destroys its sockets, which ends this too.
      response.on('close', () => clearInterval(timer));
    }
  }
}
