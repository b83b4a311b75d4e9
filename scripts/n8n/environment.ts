import type { Access } from './data-folder.js';

export interface Ports {
  n8n: number;
  /** Where n8n's task runners reach it. */
  broker: number;
}

/** n8n's settings: loopback only, its data in the folder, nothing asked of the internet. */
export function n8nEnvironment(folder: string, access: Access, ports: Ports): NodeJS.ProcessEnv {
  const address = `http://127.0.0.1:${ports.n8n}`;
  return {
    N8N_USER_FOLDER: folder,
    N8N_ENCRYPTION_KEY: access.encryptionKey,
    N8N_PORT: String(ports.n8n),
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_HOST: '127.0.0.1',
    N8N_EDITOR_BASE_URL: address,
    WEBHOOK_URL: `${address}/`,
    N8N_RUNNERS_BROKER_PORT: String(ports.broker),
    N8N_SECURE_COOKIE: 'false',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
    N8N_VERIFIED_PACKAGES_ENABLED: 'false',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_HIRING_BANNER_ENABLED: 'false',
    N8N_LOG_LEVEL: 'info',
    // Under a test runner n8n would say nothing.
    NODE_ENV: 'production',
  };
}
