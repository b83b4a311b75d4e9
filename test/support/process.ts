import { spawn } from 'node:child_process';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A real process of a test. */
export interface TestProcess {
  /** Everything written so far, standard output and error together. */
  output(): string;
  /** Resolves with the first match in the output; rejects when the process ends without one. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
  /** Ends its standard input. */
  endInput(): void;
}

const BASE_ENV = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_ENV: 'test' };

/** Starts Node with arguments and nothing of our environment but the search path. */
export function startNode(args: readonly string[], env: Record<string, string> = {}): TestProcess {
  const child = spawn(process.execPath, [...args], {
    env: { ...BASE_ENV, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  let ended = false;
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const check of waiting) check();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      look();
    });
  }
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      ended = true;
      look();
      resolve({ code, signal });
    });
  });
  return {
    output: () => text,
    exited,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(text);
          if (match !== null) resolve(match);
          else if (ended)
            reject(new Error(`The process ended without ${String(pattern)}:\n${text}`));
          else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
    kill: (signal) => void child.kill(signal),
    endInput: () => void child.stdin.end(),
  };
}

/** Runs Node to its end. */
export async function runNode(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Exit & { output: string }> {
  const started = startNode(args, env);
  started.endInput();
  const exit = await started.exited;
  return { ...exit, output: started.output() };
}
