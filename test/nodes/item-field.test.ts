import fc from 'fast-check';
import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { CrmDeliver } from '../../nodes/CrmDeliver/CrmDeliver.node.js';
import { LeadLoop } from '../../nodes/LeadLoop/LeadLoop.node.js';
import { LeadLoopQualify } from '../../nodes/LeadLoopQualify/LeadLoopQualify.node.js';
import { OrderRouter } from '../../nodes/OrderRouter/OrderRouter.node.js';
import { defaultReader, fromItem } from '../../nodes/shared/item-field.js';
import { workflowModule } from './support/engine.js';

const NODES = [new OrderRouter(), new CrmDeliver(), new LeadLoopQualify(), new LeadLoop()];

const defaults = [
  ...new Set(
    NODES.flatMap(({ description }) => description.properties as INodeProperties[])
      .map((property) => property.default)
      .filter((value): value is string => defaultReader(value) !== undefined),
  ),
];

/** n8n's own evaluation of an expression over one item. */
function evaluate(expression: string, json: IDataObject): unknown {
  const pass = {
    description: {
      displayName: 'Pass',
      name: 'pass',
      group: [],
      version: 1,
      description: '',
      defaults: {},
      inputs: [],
      outputs: [],
      properties: [],
    },
  };
  const workflow = new workflowModule.Workflow({
    id: '1',
    active: false,
    connections: {},
    nodes: [
      { id: '1', name: 'Node', type: 'pass', typeVersion: 1, position: [0, 0], parameters: {} },
    ],
    nodeTypes: {
      getByName: () => pass,
      getByNameAndVersion: () => pass,
      getKnownTypes: () => ({}),
    } as never,
  });
  return workflow.expression.getParameterValue(
    expression,
    null,
    0,
    0,
    'Node',
    [{ json }],
    'manual',
    {},
  );
}

const value = fc.oneof(
  fc.constantFrom(null, undefined, '', 0, false, 'text', '$40,000'),
  fc.array(fc.string(), { maxLength: 2 }),
);
const NAMES = ['email', 'contact_id', 'ghl_contact_id', 'credit_score', 'delivery_ids', 'phone'];
const fields = fc.record(Object.fromEntries(NAMES.map((name) => [name, value])), {
  requiredKeys: [],
});
const item = fc
  .tuple(
    fields,
    fc.record(
      {
        body: fc.oneof(
          fc.constantFrom(null, 'raw text', 7),
          fc
            .tuple(fields, fc.record({ customData: fields }, { requiredKeys: [] }))
            .map(([body, data]) => ({ ...body, ...data })),
        ),
        assignment: fields,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([top, nested]) => ({ ...top, ...nested }) as IDataObject);

test('there are defaults to compare', () => {
  expect(defaults.length).toBeGreaterThan(15);
});

test('an unchanged default reads exactly what n8n would evaluate it to', () => {
  fc.assert(
    fc.property(fc.constantFrom(...defaults), item, (expression, json) => {
      expect(defaultReader(expression)?.(json) ?? undefined).toEqual(
        evaluate(expression, json) ?? undefined,
      );
    }),
    { numRuns: 300 },
  );
});

test('a changed expression is left to n8n', () => {
  const expression = fromItem('email');
  expect(defaultReader(expression)).toBeDefined();
  expect(defaultReader(`${expression} `)).toBeUndefined();
  expect(defaultReader('={{ $json.anything }}')).toBeUndefined();
  expect(defaultReader('plain')).toBeUndefined();
});
