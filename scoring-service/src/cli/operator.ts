import type { Actor } from '../events/activity.js';

/** Who acts when somebody uses the command line. */
export const OPERATOR: Actor = { type: 'system', id: null, name: 'command line' };
