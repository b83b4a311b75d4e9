import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Owner {
  email: string;
  password: string;
}

/** What one n8n and its service need to know again at the next start. */
export interface Access {
  /** With it n8n encrypts its credentials. */
  encryptionKey: string;
  /** The service's admin key, which the credential in n8n holds. */
  adminKey: string;
  owner: Owner;
  /** The service's address that the credential in n8n holds; null before the first import. */
  imported: string | null;
}

export interface DataFolder {
  path: string;
  logFile: string;
  access: Access;
  save(access: Access): void;
}

const newAccess = (): Access => ({
  encryptionKey: randomBytes(24).toString('hex'),
  adminKey: randomBytes(24).toString('hex'),
  // n8n wants a capital letter and a digit.
  owner: { email: 'owner@example.com', password: `Aa1${randomBytes(9).toString('hex')}` },
  imported: null,
});

/** Opens a folder, or makes one; its secrets are readable by its owner alone. */
export function openDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const file = join(path, 'access.json');
  const save = (access: Access): void =>
    writeFileSync(file, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  const access = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Access)
    : newAccess();
  save(access);
  return { path, logFile: join(path, 'n8n.log'), access, save };
}
