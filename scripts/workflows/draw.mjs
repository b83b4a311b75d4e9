/**
 * Draws workflows/pictures/*.svg from the JSON alone: `node scripts/workflows/draw.mjs`. The picture
 * has a background of its own, so that it reads the same on light and dark pages.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { kindOf } from './kinds.mjs';
import { noteOf } from './draw-note.mjs';
import { escape, wrap } from './draw-text.mjs';

const STICKY = 'n8n-nodes-base.stickyNote';

/** Pictures are wider and flatter than the editor, to leave room for the outputs' names. */
const X = 1.15;
const Y = 0.75;
/** The editor's nodes are squares of this side; a box has the same middle. */
const SIDE = 96;
const WIDTH = 168;
const PORT = 19;
const LINE = 17;
const MARGIN = 32;

function boxOf(node) {
  const kind = kindOf(node);
  const names = wrap(node.name, WIDTH - 28, 13.5, true);
  const kinds = wrap(kind.label, WIDTH - 28, 11.5);
  const text = (names.length + kinds.length) * LINE + 22;
  const height = Math.max(text, kind.outputs.length * PORT + 14);
  const [x, y] = node.position;
  return {
    ...kind,
    names,
    kinds,
    height,
    x: Math.round((x + SIDE / 2) * X - WIDTH / 2),
    y: Math.round((y + SIDE / 2) * Y - height / 2),
  };
}

function drawBox({ x, y, height, names, kinds, colour }) {
  const line = (className, at) => (text, index) =>
    `<text x="${x + 16}" y="${y + 24 + (at + index) * LINE}" class="${className}">${escape(text)}</text>`;
  return [
    `<rect x="${x}" y="${y}" width="${WIDTH}" height="${height}" rx="8" class="b"/>`,
    `<rect x="${x}" y="${y + 8}" width="5" height="${height - 16}" rx="2.5" fill="${colour}"/>`,
    ...names.map(line('n', 0)),
    ...kinds.map(line('k', names.length)),
  ];
}

/** Where an output leaves its box. */
const portOf = (box, index) => ({
  x: box.x + WIDTH,
  y: box.y + box.height / 2 + (index - (box.outputs.length - 1) / 2) * PORT,
});

function drawConnection(from, index, to) {
  const start = portOf(from, index);
  const end = { x: to.x, y: to.y + to.height / 2 };
  const bend = Math.max(40, Math.abs(end.x - start.x) / 2);
  const failed = from.outputs[index] === 'Error' ? ' f' : '';
  return [
    `<path d="M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x - 7} ${end.y}" class="c${failed}"/>`,
    `<path d="M${end.x - 8} ${end.y - 4}L${end.x} ${end.y}L${end.x - 8} ${end.y + 4}Z" class="a${failed}"/>`,
  ];
}

/** Names of outputs, beside their ports, over the lines. */
function drawOutputs([name, box], { connections }) {
  const { main } = connections[name] ?? { main: [] };
  return box.outputs.flatMap((output, index) => {
    const { x, y } = portOf(box, index);
    const failed = output === 'Error' ? ' f' : '';
    return [
      ...((main[index] ?? []).length > 0
        ? [`<circle cx="${x}" cy="${y}" r="3.5" class="a${failed}"/>`]
        : []),
      ...(box.outputs.length > 1
        ? [`<text x="${x + 7}" y="${y - 3}" class="o">${escape(output)}</text>`]
        : []),
    ];
  });
}

const STYLE = [
  'text{font-family:-apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;fill:#1f2328}',
  '.n{font-size:13.5px;font-weight:600}',
  '.k{font-size:11.5px;fill:#59636e}',
  '.o{font-size:11px;fill:#3d444d;paint-order:stroke;stroke:#f6f7f9;stroke-width:4px}',
  '.b{fill:#fff;stroke:#c3c8ce}',
  '.c{fill:none;stroke:#8b95a1;stroke-width:1.6}',
  '.c.f{stroke:#c0564b;stroke-dasharray:5 4}',
  '.a{fill:#8b95a1}',
  '.a.f{fill:#c0564b}',
  '.h{font-size:15px;font-weight:700}',
  '.t{font-size:12.5px}',
].join('');

/** A workflow as SVG. The same JSON gives the same picture, byte for byte. */
export function drawWorkflow(workflow) {
  const notes = workflow.nodes
    .filter(({ type }) => type === STICKY)
    .map((note) => noteOf(note, { x: X, y: Y }));
  const nodes = workflow.nodes.filter(({ type }) => type !== STICKY);
  const boxes = new Map(nodes.map((node) => [node.name, boxOf(node)]));
  const lines = Object.entries(workflow.connections).flatMap(([name, { main }]) =>
    main.flatMap((targets, index) =>
      (targets ?? []).flatMap((target) =>
        drawConnection(boxes.get(name), index, boxes.get(target.node)),
      ),
    ),
  );
  const all = [...boxes.values()];
  const areas = [...notes, ...all.map(({ x, y, height }) => ({ x, y, width: WIDTH, height }))];
  const left = Math.min(...areas.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...areas.map(({ y }) => y)) - MARGIN;
  const width = Math.max(...areas.map(({ x, width }) => x + width)) + MARGIN - left;
  const height = Math.max(...areas.map(({ y, height }) => y + height)) + MARGIN - top;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(workflow.name)}">`,
    `<title>${escape(workflow.name)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="12" fill="#f6f7f9"/>`,
    ...notes.flatMap(({ drawn }) => drawn),
    ...lines,
    ...all.flatMap(drawBox),
    ...[...boxes].flatMap((box) => drawOutputs(box, workflow)),
    '</svg>',
    '',
  ].join('\n');
}

function main() {
  const folder = resolve(import.meta.dirname, '../../workflows');
  mkdirSync(resolve(folder, 'pictures'), { recursive: true });
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const workflow = JSON.parse(readFileSync(resolve(folder, file), 'utf8'));
    const picture = resolve(folder, 'pictures', file.replace(/\.json$/, '.svg'));
    writeFileSync(picture, drawWorkflow(workflow));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
