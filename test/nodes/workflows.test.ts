import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { WORKFLOWS } from '../../scripts/workflows/all.mjs';
import { drawWorkflow } from '../../scripts/workflows/draw.mjs';
import { kindOf } from '../../scripts/workflows/kinds.mjs';
import { workflowModule } from './support/engine.js';
import { ROOT } from './support/packed.js';
import { nodeDescriptions, shipped as workflowOf } from './support/workflow-broken.js';
import { checkWorkflow, outputNamesOf } from './support/workflow-check.js';
import { checkRules } from './support/workflow-rules.js';
import type { NodeDescription, WorkflowFile } from './support/workflow-types.js';

const FOLDER = join(ROOT, 'workflows');
const NAMES = [
  'appointment',
  'error-handler',
  'escalations',
  'lead-distribution',
  'missed-call',
  'web-form',
];
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

let descriptions: NodeDescription[];
beforeAll(async () => {
  descriptions = await nodeDescriptions();
});

test('the shipped workflows are these six', () => {
  expect(readdirSync(FOLDER).filter((file) => file.endsWith('.json'))).toEqual(
    NAMES.map((name) => `${name}.json`),
  );
});

describe.each(NAMES)('%s', (name) => {
  test('is sound: every node, parameter, connection and output', () => {
    expect(checkWorkflow(workflowOf(name), descriptions)).toEqual([]);
  });

  test('runs on any n8n, is explained, answers once on every path, holds nobody’s data', () => {
    expect(checkRules(workflowOf(name))).toEqual([]);
  });

  test('has the structure that n8n imports', () => {
    const result = workflowModule.safeParseWorkflowStructure?.(workflowOf(name));
    expect(result).toMatchObject({ success: true });
  });

  test('is what its parts make', () => {
    expect(workflowOf(name)).toEqual(WORKFLOWS[name as keyof typeof WORKFLOWS]);
  });

  test('is drawn as it is now', () => {
    expect(read(`pictures/${name}.svg`)).toBe(drawWorkflow(workflowOf(name)));
  });

  test('is drawn with the names that its outputs have', () => {
    for (const node of workflowOf(name).nodes) {
      const description = descriptions.find((one) => one.name === node.type);
      const outputs = description === undefined ? null : outputNamesOf(node, description);
      if (outputs === null || outputs.length < 2) continue;
      const drawn = kindOf({ onError: undefined, ...node }).outputs;
      // An only output has no name in the picture.
      expect(drawn.map((output, index) => output || `Output ${index}`)).toEqual(outputs);
    }
  });

  test('is in the README, with its picture and its addresses', () => {
    const readme = read('README.md');
    expect(readme).toContain(`${name}.json`);
    expect(readme).toContain(`pictures/${name}.svg`);
    for (const { type, parameters } of workflowOf(name).nodes) {
      if (type === 'n8n-nodes-base.webhook') {
        expect(readme).toContain(`/webhook/${String(parameters.path)}`);
      }
    }
  });
});

test('no two workflows share an id, a name, a webhook id or a path', () => {
  const all = NAMES.map(workflowOf);
  const nodes = all.flatMap((workflow) => workflow.nodes);
  const lists = [
    all.map(({ id }) => id),
    all.map((workflow) => workflow.name),
    nodes.flatMap(({ webhookId }) => webhookId ?? []),
    nodes.flatMap(({ parameters }) => parameters.path ?? []),
    nodes.map(({ id }) => id),
  ];
  for (const list of lists) expect(new Set(list).size).toBe(list.length);
});

test('all of them but itself start the error handler', () => {
  const handler = workflowOf('error-handler');
  expect(handler.settings.errorWorkflow).toBeUndefined();
  for (const name of NAMES.filter((one) => one !== 'error-handler')) {
    expect(workflowOf(name).settings.errorWorkflow).toBe(handler.id);
  }
});

test('the README names every value that a user edits', () => {
  const readme = read('README.md');
  for (const { nodes } of NAMES.map(workflowOf)) {
    const settings = nodes.find(({ name }) => name === 'Settings');
    const { assignments } = settings?.parameters.assignments as {
      assignments: { name: string }[];
    };
    for (const { name } of assignments) expect(readme).toContain(`\`${name}\``);
  }
});

test('every picture belongs to a workflow and stands for itself', () => {
  const pictures = readdirSync(join(FOLDER, 'pictures'));
  expect(pictures).toEqual(NAMES.map((name) => `${name}.svg`));
  for (const file of pictures) {
    expect(existsSync(join(FOLDER, file.replace('.svg', '.json')))).toBe(true);
    expect(read(`pictures/${file}`)).not.toMatch(/<image|href=|@import|url\(/);
  }
});

test('a picture escapes what a node is called', () => {
  const workflow = workflowOf('error-handler');
  const text = JSON.stringify(workflow).replaceAll('Failure Message', '<b>&');
  const drawn = drawWorkflow(JSON.parse(text) as WorkflowFile);
  expect(drawn).toContain('&lt;b&gt;&amp;');
  expect(drawn).not.toContain('<b>');
});
