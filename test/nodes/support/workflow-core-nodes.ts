import type { NodeDescription } from './workflow-types.js';

const core = (
  name: string,
  version: number,
  outputs: unknown,
  more: Partial<NodeDescription> = {},
): NodeDescription => ({
  name: `n8n-nodes-base.${name}`,
  version,
  inputs: ['main'],
  outputs,
  ...more,
});

const ONE = ['main'];
/** n8n computes these outputs from the parameters. */
const COMPUTED = '={{ … }}';

/**
 * The core nodes that the workflows use, in the version they use: what n8n-nodes-base of n8n 2.40.7
 * says of them in dist/types/nodes.json. Their parameters are checked against the whole of that
 * file where n8n is installed.
 */
export const CORE_NODES: readonly NodeDescription[] = [
  core('errorTrigger', 1, ONE, { inputs: [] }),
  core('httpRequest', 4.5, ONE),
  core('if', 2.3, ['main', 'main'], { outputNames: ['true', 'false'] }),
  core('noOp', 1, ONE),
  core('removeDuplicates', 2, ONE, { outputNames: ['Kept', 'Discarded'] }),
  core('respondToWebhook', 1.5, COMPUTED),
  core('set', 3.5, ONE),
  core('stickyNote', 1, [], { inputs: [] }),
  core('stopAndError', 1, []),
  core('switch', 3.4, COMPUTED),
  core('webhook', 2.1, COMPUTED, { inputs: [] }),
];
