import cliProgress from 'cli-progress';

/** Shows how far something is: a bar on a terminal, else a line for each tenth. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

export function createProgress(
  total: number,
  start: number,
  say: (text: string) => void,
): Progress {
  if (process.stderr.isTTY) {
    const bar = new cliProgress.SingleBar(
      {
        format: '{bar} {percentage}% | {value} of {total} rows | {eta_formatted} left',
        hideCursor: true,
        // Signals are the command's own to handle.
        gracefulExit: false,
      },
      cliProgress.Presets.shades_classic,
    );
    bar.start(total, start);
    return { update: (done) => bar.update(done), stop: () => bar.stop() };
  }
  const tenth = (done: number): number => Math.floor((done * 10) / Math.max(1, total));
  let said = tenth(start);
  return {
    update(done) {
      if (tenth(done) === said) return;
      said = tenth(done);
      say(`${done} of ${total} rows`);
    },
    stop: () => undefined,
  };
}
