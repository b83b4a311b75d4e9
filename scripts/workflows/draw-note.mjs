import { escape, wrap } from './draw-text.mjs';

const PADDING = 16;
const LINE = 17;
const GAP = 6;

/** The editor's colours by number: 1, its default, is yellow, 7 white. */
const COLOURS = { 1: ['#fff6d6', '#e3c766'], 7: ['#ffffff', '#d5d9de'] };

/** One paragraph of a note's Markdown as lines: headings, list entries, text. */
function paragraph(source, width) {
  const heading = /^#+ /.exec(source);
  const plain = source
    .slice(heading?.[0].length ?? 0)
    .replaceAll('**', '')
    .replaceAll('`', '');
  const marker = /^(- |\d+\. )/.exec(plain)?.[0] ?? '';
  const indent = marker === '' ? 0 : 18;
  const size = heading === null ? 12.5 : 15;
  return wrap(plain.slice(marker.length), width - indent, size, heading !== null).map(
    (text, index) => ({
      text,
      indent,
      className: heading === null ? 't' : 'h',
      marker: index === 0 ? marker.trim().replace('-', '•') : '',
      before: index === 0 ? (heading === null ? 1 : GAP) : 0,
    }),
  );
}

/** A sticky note: where it is, and how it is drawn; it grows when its text needs more room. */
export function noteOf({ position, parameters }, scale) {
  const { content, width: given, height: least, color = 1 } = parameters;
  const [x, y] = [Math.round(position[0] * scale.x), Math.round(position[1] * scale.y)];
  const width = Math.round(given * scale.x);
  const drawn = [];
  let at = y + PADDING;
  for (const source of content.split('\n')) {
    if (source.trim() === '') {
      at += GAP;
      continue;
    }
    for (const { text, indent, className, marker, before } of paragraph(
      source,
      width - 2 * PADDING,
    )) {
      at += LINE + before;
      const left = x + PADDING;
      if (marker !== '') {
        drawn.push(`<text x="${left}" y="${at}" class="t">${escape(marker)}</text>`);
      }
      drawn.push(
        `<text x="${left + indent}" y="${at}" class="${className}">${escape(text)}</text>`,
      );
    }
  }
  const height = Math.max(Math.round(least * scale.y), at + PADDING - y);
  const [fill, line] = COLOURS[color];
  const paper = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${fill}" stroke="${line}"/>`;
  return { x, y, width, height, drawn: [paper, ...drawn] };
}
