const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand in an element or an attribute. */
export const escape = (text) => String(text).replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign]);

/** How wide a sign is, in parts of the font's size: close enough for the usual sans-serif fonts. */
function widthOf(sign) {
  if (/[ilj.,:;'|!()[\]]/.test(sign)) return 0.3;
  if (/[frt "*`-]/.test(sign)) return 0.36;
  if (/[mwMW…—]/.test(sign)) return 0.86;
  if (/[A-Z]/.test(sign)) return 0.67;
  return 0.56;
}

/** Text as lines no wider than `width`, broken between words. */
export function wrap(text, width, size, isBold = false) {
  const measure = (part) =>
    [...part].reduce((sum, sign) => sum + widthOf(sign), 0) * size * (isBold ? 1.16 : 1.08);
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
