import pg from 'pg';

export interface Listener {
  listen(channel: string): void;
  close(): Promise<void>;
}

const RECONNECT_MS = 1000;

/**
 * One connection of its own for LISTEN. When it breaks it is opened again and every channel is
 * announced once, because a notification may have been missed meanwhile.
 */
export function createListener(options: {
  url: string;
  onNotify: (channel: string) => void;
  onError: (error: Error) => void;
}): Listener {
  const channels = new Set<string>();
  /** Those that the open connection listens to. */
  let heard = new Set<string>();
  let client: pg.Client | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let connecting: Promise<void> | undefined;

  const lost = (error: Error): void => {
    if (closed) return;
    options.onError(error);
    client?.removeAllListeners();
    client?.on('error', () => undefined);
    void client?.end().catch(() => undefined);
    client = undefined;
    timer ??= setTimeout(() => {
      timer = undefined;
      connect();
    }, RECONNECT_MS).unref();
  };

  /** Adds a channel to the open connection, and announces it: a commit may have come between. */
  const add = async (channel: string): Promise<void> => {
    const current = client;
    if (current === undefined || heard.has(channel)) return;
    heard.add(channel);
    await current.query(`listen "${channel}"`);
    options.onNotify(channel);
  };

  const open = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: options.url,
      application_name: 'leadloop',
      connectionTimeoutMillis: 5000,
      keepAlive: true,
    });
    client = fresh;
    heard = new Set();
    fresh.on('error', lost);
    fresh.on('end', () => lost(new Error('The listening connection ended.')));
    fresh.on('notification', (message) => options.onNotify(message.channel));
    await fresh.connect();
    for (const channel of channels) await add(channel);
  };

  const connect = (): void => {
    connecting = open()
      .catch((error: unknown) => lost(error as Error))
      .finally(() => {
        connecting = undefined;
      });
  };

  return {
    listen(channel) {
      if (channels.has(channel)) return;
      channels.add(channel);
      if (client === undefined && timer === undefined) connect();
      else {
        const current = client;
        void (connecting ?? Promise.resolve())
          .then(() => add(channel))
          .catch((error: unknown) => {
            if (client === current) lost(error as Error);
          });
      }
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await connecting;
      client?.removeAllListeners();
      client?.on('error', () => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}
