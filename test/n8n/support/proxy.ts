import {
  createServer,
  request as send,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to a request. */
export type Fault =
  /** The connection ends before the service hears of it. */
  | 'unheard'
  /** The service does it, and its answer never arrives. */
  | 'answer lost';

export interface FaultyLine {
  /** What n8n takes for the service's address. */
  address: string;
  /** Requests that reached the service, as "POST /api/…". */
  requests: string[];
  /** The next requests whose "METHOD /path" fits go wrong so, one each. */
  failNext(fits: RegExp, ...faults: Fault[]): void;
  /** Every request that fits goes wrong so, until called with null. */
  failAll(fits: RegExp, fault: Fault | null): void;
  close(): Promise<void>;
}

/** A line between n8n and the service that can be cut. */
export async function startFaultyLine(target: string): Promise<FaultyLine> {
  const requests: string[] = [];
  const coming: { fits: RegExp; fault: Fault }[] = [];
  let lasting: { fits: RegExp; fault: Fault }[] = [];

  const faultOf = (what: string): Fault | null => {
    const index = coming.findIndex(({ fits }) => fits.test(what));
    if (index >= 0) return coming.splice(index, 1)[0]?.fault ?? null;
    return lasting.find(({ fits }) => fits.test(what))?.fault ?? null;
  };

  const forward = (from: IncomingMessage, to: ServerResponse, lose: boolean): void => {
    const { hostname, port } = new URL(target);
    const onward = send(
      { hostname, port, method: from.method, path: from.url, headers: from.headers },
      (answer) => {
        if (lose) {
          answer.resume();
          answer.on('end', () => from.socket.destroy());
          return;
        }
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
      },
    );
    onward.on('error', () => from.socket.destroy());
    from.pipe(onward);
  };

  const server = createServer((from, to) => {
    const what = `${from.method} ${from.url}`;
    const fault = faultOf(what);
    if (fault === 'unheard') {
      from.socket.destroy();
      return;
    }
    requests.push(what);
    forward(from, to, fault === 'answer lost');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    failNext: (fits, ...faults) => coming.push(...faults.map((fault) => ({ fits, fault }))),
    failAll(fits, fault) {
      lasting = lasting.filter((one) => one.fits.source !== fits.source);
      if (fault !== null) lasting.push({ fits, fault });
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
