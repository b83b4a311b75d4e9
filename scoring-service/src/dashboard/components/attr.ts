/**
 * Data in an attribute. The template engine escapes the quote; here what looks like an entity in
 * the data ("&quot;") is kept from being read as one, and nothing is left that looks like a tag.
 */
export function attr(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
