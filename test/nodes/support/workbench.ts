import type {
  IDataObject,
  ILoadOptionsFunctions,
  INode,
  INodeExecutionData,
  INodeListSearchResult,
  IRun,
} from 'n8n-workflow';

import { ADMIN_KEY, type TestService } from '../../support/service.js';
import {
  branchSpec,
  core,
  outputsOf,
  PACKAGE,
  startEngine,
  type Credential,
  type Engine,
} from './engine.js';
import { jsonOf } from './mock.js';

/** A "By ID" locator as a stored workflow holds it. */
export const rlc = (value: unknown): IDataObject => ({
  __rl: true,
  mode: 'id',
  value: value as string,
});

export const items = (...list: IDataObject[]): INodeExecutionData[] =>
  list.map((json) => ({ json }));

/** An item as the Webhook node makes it with Raw Body on. */
export function rawItem(
  raw: Buffer,
  headers: IDataObject,
  more: IDataObject = {},
): INodeExecutionData {
  return {
    json: { headers, body: JSON.parse(raw.toString('utf8')) as IDataObject, ...more },
    binary: { data: { data: raw.toString('base64'), mimeType: 'application/json' } },
  };
}

export interface RunOfNode {
  run: IRun;
  /** Items by output. */
  outputs: INodeExecutionData[][];
}

/** The nodes in n8n's engine before one service. */
export interface Workbench {
  engine: Engine;
  /** Runs one node over items; any outcome. */
  run(
    type: string,
    parameters: IDataObject,
    given?: INodeExecutionData[],
    node?: Partial<INode>,
  ): Promise<RunOfNode>;
  /** Runs the LeadLoop node, which must succeed; its items. */
  leadLoop(
    resource: string,
    operation: string,
    parameters?: IDataObject,
    given?: INodeExecutionData[],
  ): Promise<IDataObject[]>;
  /** Runs the LeadLoop node, which must fail; the sentence it ends with, and its advice. */
  refusal(
    resource: string,
    operation: string,
    parameters?: IDataObject,
    given?: INodeExecutionData[],
  ): Promise<{ message: string; description: string | null | undefined; httpCode: unknown }>;
  /** What a "From List" locator offers. */
  search(
    type: string,
    method: string,
    filter?: string,
    token?: string,
  ): Promise<INodeListSearchResult>;
}

export async function openWorkbench(
  service: Pick<TestService, 'address'>,
  apiKey = ADMIN_KEY,
): Promise<Workbench> {
  const engine = await startEngine();
  const credential: Credential = { baseUrl: service.address, apiKey, ignoreSslIssues: false };

  const run: Workbench['run'] = async (type, parameters, given = items({}), node = {}) => {
    const done = await engine.run(branchSpec(type, parameters as never, [], node), given, {
      credential,
    });
    return { run: done, outputs: outputsOf(done, 'Node') };
  };

  return {
    engine,
    run,
    async leadLoop(resource, operation, parameters = {}, given) {
      const { run: done, outputs } = await run(
        'leadLoop',
        { resource, operation, ...parameters },
        given,
      );
      expect(done.data.resultData.error?.message).toBeUndefined();
      for (const { pairedItem } of outputs[0] ?? []) {
        expect(pairedItem).toMatchObject({ item: expect.any(Number) as unknown });
      }
      return jsonOf(outputs[0]);
    },
    async refusal(resource, operation, parameters = {}, given) {
      const { run: done } = await run('leadLoop', { resource, operation, ...parameters }, given);
      expect(done.status).toBe('error');
      const error = done.data.resultData.error as unknown as {
        message: string;
        description?: string | null;
        httpCode?: unknown;
      };
      return { message: error.message, description: error.description, httpCode: error.httpCode };
    },
    async search(type, method, filter, token) {
      const { LoadOptionsContext } = core as unknown as {
        LoadOptionsContext: new (...given: unknown[]) => ILoadOptionsFunctions;
      };
      const name = `${PACKAGE}.${type}`;
      const workflow = engine.workflowOf({
        nodes: [{ name: 'Node', type: name, parameters: {} }],
        connections: {},
      });
      const context = new LoadOptionsContext(
        workflow,
        workflow.getNode('Node'),
        engine.additionalData(workflow, { credential }),
        '',
      );
      const found = await workflow.nodeTypes
        .getByNameAndVersion(name)
        .methods?.listSearch?.[method]?.call(context, filter, token);
      if (found === undefined) throw new Error(`${type} has no search ${method}.`);
      return found;
    },
  };
}
