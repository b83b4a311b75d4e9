import type { WorkflowFile, WorkflowNode } from './workflow-types.js';

const core = (type: string): string => `n8n-nodes-base.${type}`;
const isOurs = ({ type }: WorkflowNode): boolean => type.startsWith('n8n-nodes-leadloop.');
const isNote = ({ type }: WorkflowNode): boolean => type === core('stickyNote');

/** The editor draws a node as a square, higher for many outputs, and its name below. */
const SIDE = 96;
const PORT = 32;
const LABEL = 48;
const YELLOW = 1;
const WHITE = 7;

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

function areaOf(node: WorkflowNode, { connections }: WorkflowFile): Area {
  const [x, y] = node.position;
  if (isNote(node))
    return { x, y, ...(node.parameters as unknown as Pick<Area, 'width' | 'height'>) };
  const ports = (connections[node.name]?.main.length ?? 0) * PORT;
  return { x, y, width: SIDE, height: Math.max(SIDE, ports) + LABEL };
}

const overlap = (one: Area, other: Area): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

function noteFaults(workflow: WorkflowFile): string[] {
  const { nodes } = workflow;
  const faults: string[] = [];
  const colours = nodes.filter(isNote).map(({ parameters }) => parameters.color ?? YELLOW);
  const yellow = colours.filter((colour) => colour === YELLOW).length;
  if (yellow !== 1) faults.push(`There are ${yellow} yellow notes, not one`);
  if (!colours.includes(WHITE)) faults.push('There is no white note');
  if (colours.some((colour) => colour !== YELLOW && colour !== WHITE)) {
    faults.push('A note is neither yellow nor white');
  }
  nodes.forEach((node, index) => {
    for (const other of nodes.slice(index + 1)) {
      if (overlap(areaOf(node, workflow), areaOf(other, workflow))) {
        faults.push(`"${node.name}" and "${other.name}" overlap`);
      }
    }
  });
  return faults;
}

/** The names of the nodes after a node, whatever the output. */
const nextOf = ({ connections }: WorkflowFile, name: string): string[] =>
  (connections[name]?.main ?? []).flatMap((to) => to ?? []).map(({ node }) => node);

/** Paths from a webhook that end without an answer, or answer twice. */
function answerFaults(workflow: WorkflowFile): string[] {
  const byName = new Map(workflow.nodes.map((node) => [node.name, node]));
  const faults = new Set<string>();
  const walk = (name: string, path: readonly string[], answered: boolean): void => {
    if (path.includes(name)) {
      faults.add(`"${name}" leads back to itself`);
      return;
    }
    const answers = byName.get(name)?.type === core('respondToWebhook');
    if (answers && answered) faults.add(`"${name}" answers a second time`);
    const next = nextOf(workflow, name);
    if (next.length === 0 && !answered && !answers) {
      faults.add(`The path from "${path[0] ?? name}" to "${name}" ends without an answer`);
    }
    for (const to of next) walk(to, [...path, name], answered || answers);
  };
  for (const { name, type, parameters } of workflow.nodes) {
    if (type !== core('webhook')) continue;
    if (parameters.responseMode === 'responseNode') walk(name, [], false);
    else faults.add(`"${name}" does not leave its answer to a node`);
  }
  return [...faults];
}

/** The webhooks before a node. */
function webhooksBefore(workflow: WorkflowFile, name: string): WorkflowNode[] {
  const found = new Set<string>();
  const walk = (to: string): void => {
    for (const { name: from } of workflow.nodes) {
      if (found.has(from) || !nextOf(workflow, from).includes(to)) continue;
      found.add(from);
      walk(from);
    }
  };
  walk(name);
  return workflow.nodes.filter((node) => node.type === core('webhook') && found.has(node.name));
}

/** Who needs the bytes as received gets them: from its webhook, through every node between. */
function rawBodyFaults(workflow: WorkflowFile): string[] {
  return workflow.nodes.filter(isOurs).flatMap((node) => {
    const proof = node.parameters.proof as Record<string, unknown> | undefined;
    if (node.parameters.rawBodyField === undefined && proof?.rawBodyField === undefined) return [];
    const before = webhooksBefore(workflow, node.name);
    const isRaw = ({ parameters }: WorkflowNode): boolean =>
      (parameters.options as Record<string, unknown>).rawBody === true;
    return before.some(isRaw) ? [] : [`"${node.name}" needs a webhook with Raw Body on`];
  });
}

const HOST = /\b(?:https?:\/\/|@)([a-z0-9.-]+)/gi;

/** Numbers, addresses and secrets that are not made up for examples. */
function dataFaults(workflow: WorkflowFile): string[] {
  // Ids may look like anything.
  const text = JSON.stringify(workflow).replaceAll(
    /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
    '',
  );
  const faults: string[] = [];
  for (const [found] of text.matchAll(/(?<![\w.])\+1[ .()\d-]{10,16}/g)) {
    if (!/^1\d{3}55501\d\d$/.test(found.replaceAll(/\D/g, ''))) {
      faults.push(`The number ${found} may be somebody's`);
    }
  }
  for (const [, host = ''] of text.matchAll(HOST)) {
    if (!/(^|\.)example\.(com|org|net)$/.test(host)) {
      faults.push(`The address ${host} is not one for examples`);
    }
  }
  if (text.includes('$env')) faults.push('It reads $env, which n8n does not allow');
  for (const node of workflow.nodes) {
    if ('credentials' in node) faults.push(`"${node.name}" names a credential of another n8n`);
    if (!isOurs(node) && !node.type.startsWith('n8n-nodes-base.')) {
      faults.push(`"${node.name}" is of a package that not everybody has`);
    }
  }
  return faults;
}

function fileFaults(workflow: WorkflowFile): string[] {
  const { nodes, pinData, settings } = workflow;
  const faults: string[] = [];
  const named = (name: string): WorkflowNode | undefined =>
    nodes.find((node) => node.name === name);
  if (workflow.active) faults.push('It is active');
  if (!/^[A-Za-z0-9]{16}$/.test(workflow.id)) faults.push('Its id is not one of n8n’s kind');
  if (settings.executionOrder !== 'v1') faults.push('Its execution order is not v1');
  if (settings.timezone !== undefined) faults.push('It fixes a time zone');
  if (named('Settings')?.type !== core('set')) faults.push('It has no Settings node');
  for (const node of nodes) {
    const isTrigger = /webhook$|Trigger$/.test(node.type);
    if (!isTrigger) continue;
    if (pinData[node.name]?.[0] === undefined) faults.push(`"${node.name}" has no pinned example`);
    if (node.type !== core('errorTrigger') && node.webhookId === undefined) {
      faults.push(`"${node.name}" has no webhook id`);
    }
  }
  for (const name of Object.keys(pinData)) {
    if (named(name) === undefined) faults.push(`Data is pinned to "${name}", which does not exist`);
  }
  for (const node of nodes.filter(isOurs)) {
    if (node.type.endsWith('Trigger')) continue;
    if (node.retryOnFail !== true) faults.push(`"${node.name}" does not retry`);
    if (node.onError !== 'continueErrorOutput') faults.push(`"${node.name}" has no Error output`);
  }
  return faults;
}

/**
 * What a shipped workflow keeps to beyond being sound, each breach as a sentence: it runs on any
 * n8n after the credential is chosen, it is explained by notes that cover nothing, every path
 * from a webhook answers once, and nothing in it is somebody's.
 */
export function checkRules(workflow: WorkflowFile): string[] {
  return [
    ...fileFaults(workflow),
    ...noteFaults(workflow),
    ...answerFaults(workflow),
    ...rawBodyFaults(workflow),
    ...dataFaults(workflow),
  ];
}
