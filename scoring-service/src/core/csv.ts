/**
 * What spreadsheets take for a formula, also behind apostrophes, so that a guard is told from an
 * apostrophe of the text's own; a phone number in E.164 is left as it is.
 */
const FORMULA = /^'*\s*[=+\-@\t\r]/;
const GUARDED = /^'+\s*[=+\-@\t\r]/;
const PHONE = /^\+\d{7,15}$/;

/**
 * One field of a CSV file (RFC 4180). Text that a spreadsheet would run as a formula gets an
 * apostrophe before it, as OWASP advises; numbers are written as they are.
 */
export function csvField(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) && !PHONE.test(value) ? `'${value}` : value;
  return /[",\r\n\t']|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(fields: readonly (string | number | null)[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

/** The text that {@link csvField} was given, when a field it wrote is read again. */
export function withoutGuard(field: string): string {
  return GUARDED.test(field) ? field.slice(1) : field;
}
