import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { CrmDeliver } from '../../nodes/CrmDeliver/CrmDeliver.node.js';
import { LeadLoop } from '../../nodes/LeadLoop/LeadLoop.node.js';
import { OrderRouter } from '../../nodes/OrderRouter/OrderRouter.node.js';

const sources = readdirSync(import.meta.dirname)
  .filter((name) => /^engine.*\.test\.ts$/.test(name))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');

const operationsOf = (properties: readonly INodeProperties[]) =>
  properties
    .filter(({ name }) => name === 'operation')
    .map(({ displayOptions, options, default: first }) => ({
      resource: displayOptions?.show?.resource?.[0] as string | undefined,
      first,
      values: (options as INodePropertyOptions[]).map(({ value }) => String(value)),
    }));

/** What a mocked transport cannot show is seen only against the service: no operation is left out. */
describe('every operation runs in the engine of n8n against the real service', () => {
  test.each(
    operationsOf(new LeadLoop().description.properties).flatMap(({ resource, values }) =>
      values.map((operation) => [String(resource), operation] as const),
    ),
  )('%s: %s', (resource, operation) => {
    expect(sources).toMatch(
      new RegExp(`(leadLoop|refusal)\\(\\s*'${resource}',\\s*'${operation}'`),
    );
  });

  test.each(
    [new OrderRouter(), new CrmDeliver()].flatMap(({ description }) =>
      operationsOf(description.properties).flatMap(({ first, values }) =>
        values
          .filter((operation) => operation !== first)
          .map((operation) => [description.displayName, operation] as const),
      ),
    ),
  )('%s: %s', (_node, operation) => {
    expect(sources).toMatch(new RegExp(`operation: '${operation}'`));
  });
});
