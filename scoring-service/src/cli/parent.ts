/**
 * Calls back when the shell that npm put between itself and us is gone: a signal sent to npm ends
 * that shell, which does not pass it on. Does nothing for a program that npm did not start.
 */
export function whenNpmEnds(callback: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    callback();
  }, 250);
  watch.unref();
}
