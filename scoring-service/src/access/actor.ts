import type { Actor } from '../events/activity.js';
import type { Caller } from './api-keys.js';

/** The caller as the activity log names it. */
export function actorOf(caller: Caller): Actor {
  return { type: 'api_key', id: caller.keyId, name: caller.name };
}
