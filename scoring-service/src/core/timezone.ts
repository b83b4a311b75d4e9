const known = new Map<string, boolean>();

/** True for an IANA time zone that this machine's data knows (aliases included, offsets not). */
export function isTimezone(name: string): boolean {
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  let valid = /^[A-Za-z]/.test(name) && name.length <= 64;
  if (valid) {
    try {
      new Intl.DateTimeFormat('en-US', { timeZone: name });
    } catch {
      valid = false;
    }
  }
  if (known.size < 10_000) known.set(name, valid);
  return valid;
}
