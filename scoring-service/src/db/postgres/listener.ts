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

  const open = async (): Promise<void> => {
    const fresh = new pg.Client({ connectionString: options.url, application_name: 'leadloop' });
    client = fresh;
    fresh.on('error', lost);
    fresh.on('end', () => lost(new Error('The listening connection ended.')));
    fresh.on('notification', (message) => options.onNotify(message.channel));
    await fresh.connect();
    for (const channel of channels) await fresh.query(`listen "${channel}"`);
    for (const channel of channels) options.onNotify(channel);
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
      else if (connecting === undefined) {
        client?.query(`listen "${channel}"`).catch((error: unknown) => lost(error as Error));
      } else {
        void connecting.then(() => client?.query(`listen "${channel}"`).catch(() => undefined));
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
