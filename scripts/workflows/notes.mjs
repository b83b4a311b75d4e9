import { COLUMN } from './grid.mjs';

/** The note that explains the whole workflow: yellow, left of everything. */
export const overview = (content, height = 640) => ({
  content,
  x: -624,
  y: -272,
  width: 528,
  height,
});

/** A note over the columns of one step: white, above the nodes. */
export const step = (from, to, content) => ({
  content,
  x: from * COLUMN - 48,
  y: -272,
  width: (to - from + 1) * COLUMN - 32,
  height: 192,
  // The editor's numbers: 1 is yellow, its default; 7 is white.
  color: 7,
});

/** A note as a node; the editor numbers their names. */
export function stickyNode({ content, x, y, width, height, color }, index) {
  return {
    parameters: { content, height, width, ...(color === undefined ? {} : { color }) },
    type: 'n8n-nodes-base.stickyNote',
    typeVersion: 1,
    position: [x, y],
    name: index === 0 ? 'Sticky Note' : `Sticky Note${index}`,
  };
}
