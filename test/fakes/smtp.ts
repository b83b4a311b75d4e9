import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface Letter {
  to: string;
  content: string;
}

export interface FakeSmtp {
  url: string;
  letters: Letter[];
  /** The next letters are answered so instead of 250, one each; "hang" says nothing. */
  failNext(...answers: string[]): void;
  close(): Promise<void>;
}

/** A loopback server that speaks as much SMTP as taking plain letters needs. */
export async function startFakeSmtp(): Promise<FakeSmtp> {
  const letters: Letter[] = [];
  const faults: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    let to = '';
    let lines: string[] | null = null;
    let rest = '';
    const hear = (line: string): void => {
      if (lines !== null) {
        if (line !== '.') {
          lines.push(line);
          return;
        }
        const fault = faults.shift();
        if (fault === undefined) letters.push({ to, content: lines.join('\n') });
        lines = null;
        if (fault !== 'hang') say(fault ?? '250 taken');
        return;
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'RCPT') to = /<(.*)>/.exec(line)?.[1] ?? '';
      if (verb === 'DATA') {
        lines = [];
        say('354 go on');
      } else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else say('250 ok');
    };
    socket.on('data', (chunk) => {
      const parts = (rest + chunk.toString('utf8')).split('\r\n');
      rest = parts.pop() ?? '';
      for (const part of parts) hear(part);
    });
    say('220 fake.example.com');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    letters,
    failNext: (...answers) => void faults.push(...answers),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
