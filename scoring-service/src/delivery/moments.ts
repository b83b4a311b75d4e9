/**
 * Two moments with a meaning in `due_at`. As text the one sorts before and the other after every
 * real moment.
 */

/** Before all others of its broker: somebody waits for it. */
export const AT_ONCE = '1970-01-01T00:00:00.000Z';

/** Not by itself: what shuts the delivery out must change first (a pause, hours that never open). */
export const NEVER = '9999-12-31T23:59:59.999Z';
