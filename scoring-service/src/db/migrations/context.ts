import type { DialectName } from '../store.js';

export interface MigrationContext {
  dialect: DialectName;
}
