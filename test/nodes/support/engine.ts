import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type * as Core from 'n8n-core';
import type {
  IConnections,
  ICredentialDataDecryptedObject,
  IHttpRequestOptions,
  INode,
  INodeExecutionData,
  INodeType,
  INodeTypeDescription,
  INodeTypes,
  IRun,
  IWorkflowExecuteAdditionalData,
  Workflow as WorkflowClass,
} from 'n8n-workflow';
import type * as WorkflowModule from 'n8n-workflow';

import { packedPackage } from './packed.js';

// Before n8n-core is loaded: it would keep a key file in the home folder otherwise.
process.env.N8N_USER_FOLDER = join(packedPackage().folder, '../../user');
mkdirSync(process.env.N8N_USER_FOLDER, { recursive: true });
process.env.N8N_LOG_LEVEL = 'silent';
process.env.N8N_ENCRYPTION_KEY = 'a-key-for-tests-only';

/** n8n is CommonJS; its ESM build would be a second copy with other error classes. */
const require = createRequire(import.meta.url);
require('reflect-metadata');
export const core = require('n8n-core') as typeof Core;
export const workflowModule = require('n8n-workflow') as typeof WorkflowModule;

const { Container } = require('@n8n/di') as {
  Container: { get: <T>(type: new (...given: never[]) => T) => T };
};
const { SSHClientsManager } =
  require('n8n-core/dist/execution-engine/ssh-clients-manager') as unknown as {
    SSHClientsManager: new (...given: never[]) => { onShutdown(): void };
  };

// The first node that runs makes n8n start a timer that never ends. It would keep a test file with
// everything the file has loaded in the memory of Jest's worker.
afterAll(() => Container.get(SSHClientsManager).onShutdown());

export const PACKAGE = 'n8n-nodes-leadloop';

/** Gives the workflow its items, as a trigger would. */
class Start implements INodeType {
  static items: INodeExecutionData[] = [];
  description: INodeTypeDescription = {
    displayName: 'Start',
    name: 'start',
    group: ['trigger'],
    version: 1,
    description: 'Gives items',
    defaults: { name: 'Start' },
    inputs: [],
    outputs: ['main'],
    properties: [],
  };
  execute(): Promise<INodeExecutionData[][]> {
    return Promise.resolve([Start.items]);
  }
}

/** Hands on what it gets; what pairing leads back to can be asked after it. */
class Pass implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Pass',
    name: 'pass',
    group: ['transform'],
    version: 1,
    description: 'Passes items on',
    defaults: { name: 'Pass' },
    inputs: ['main'],
    outputs: ['main'],
    properties: [{ displayName: 'Origin', name: 'origin', type: 'string', default: '' }],
  };
  execute(this: WorkflowModule.IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return Promise.resolve([
      this.getInputData().map((_item, i) => ({
        json: { origin: this.getNodeParameter('origin', i) as string },
        pairedItem: { item: i },
      })),
    ]);
  }
}

export type Loader = InstanceType<typeof Core.PackageDirectoryLoader>;

export async function loadPackage(): Promise<Loader> {
  const loader = new core.PackageDirectoryLoader(packedPackage().folder);
  await loader.loadAll();
  return loader;
}

const ownTypes: Record<string, INodeType> = { 'test.start': new Start(), 'test.pass': new Pass() };

export function nodeTypesOf(loader: Loader): INodeTypes {
  const find = (name: string): INodeType => {
    const own = ownTypes[name];
    if (own !== undefined) return own;
    return loader.getNode(name.replace(`${PACKAGE}.`, '')).type as INodeType;
  };
  return { getByName: find, getByNameAndVersion: find, getKnownTypes: () => ({}) };
}

export interface Credential extends ICredentialDataDecryptedObject {
  baseUrl: string;
  apiKey: string;
  ignoreSslIssues: boolean;
}

/** What n8n does with a credential whose `authenticate` is a function. */
export function authenticated(
  loader: Loader,
  credential: ICredentialDataDecryptedObject,
  options: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
  const { authenticate } = loader.getCredential('leadLoopApi').type as unknown as {
    authenticate: (
      credential: ICredentialDataDecryptedObject,
      options: IHttpRequestOptions,
    ) => Promise<IHttpRequestOptions>;
  };
  return authenticate(credential, options);
}

let executions = 0;

export interface WorkflowSpec {
  nodes: (Partial<INode> & Pick<INode, 'name' | 'type'>)[];
  connections: IConnections;
}

export interface EngineOptions {
  credential: Credential;
  executionId?: string;
}

/** A test bench of n8n's engine with the packed nodes in it. */
export interface Engine {
  loader: Loader;
  workflowOf(spec: WorkflowSpec): WorkflowClass;
  additionalData(workflow: WorkflowClass, options: EngineOptions): IWorkflowExecuteAdditionalData;
  run(spec: WorkflowSpec, items: INodeExecutionData[], options: EngineOptions): Promise<IRun>;
}

export async function startEngine(): Promise<Engine> {
  const loader = await loadPackage();
  const nodeTypes = nodeTypesOf(loader);

  const workflowOf = (spec: WorkflowSpec): WorkflowClass =>
    new workflowModule.Workflow({
      id: 'workflow-1',
      name: 'Test',
      active: false,
      nodeTypes,
      settings: { executionOrder: 'v1' },
      connections: spec.connections,
      nodes: spec.nodes.map((node, index) => ({
        id: `node-${index}`,
        typeVersion: 1,
        position: [index * 200, 0],
        parameters: {},
        ...(node.type.startsWith(PACKAGE)
          ? { credentials: { leadLoopApi: { id: '1', name: 'LeadLoop' } } }
          : {}),
        ...node,
      })),
    });

  const additionalData: Engine['additionalData'] = (workflow, options) => {
    executions += 1;
    const executionId = options.executionId ?? String(executions);
    return {
      executionId,
      currentNodeExecutionIndex: 0,
      hooks: new core.ExecutionLifecycleHooks('manual', executionId, {} as never),
      restApiUrl: 'http://localhost/rest',
      instanceBaseUrl: 'http://localhost',
      webhookBaseUrl: 'http://localhost/webhook',
      webhookWaitingBaseUrl: 'http://localhost/webhook-waiting',
      webhookTestBaseUrl: 'http://localhost/webhook-test',
      formWaitingBaseUrl: 'http://localhost/form-waiting',
      variables: {},
      credentialsHelper: {
        getDecrypted: () => Promise.resolve({ ...options.credential }),
        getParentTypes: () => [],
        preAuthentication: () => Promise.resolve(undefined),
        authenticate: (
          credential: ICredentialDataDecryptedObject,
          _type: string,
          request: IHttpRequestOptions,
        ) => authenticated(loader, credential, request),
        isCredentialUsableByNode: () => true,
      },
    } as unknown as IWorkflowExecuteAdditionalData;
  };

  return {
    loader,
    workflowOf,
    additionalData,
    async run(spec, items, options) {
      Start.items = items;
      const workflow = workflowOf(spec);
      const start = workflow.getNode(spec.nodes[0]?.name ?? '');
      if (start === null) throw new Error('The workflow has no first node.');
      const execute = new core.WorkflowExecute(additionalData(workflow, options), 'manual');
      return execute.run({ workflow, startNode: start });
    },
  };
}

/** What a node gave out in its last run, by output. */
export function outputsOf(run: IRun, node: string): INodeExecutionData[][] {
  const data = run.data.resultData.runData[node]?.at(-1)?.data?.main ?? [];
  return data.map((items) => items ?? []);
}

/** A workflow of a start, one node of ours, and after each of its outputs a node that asks for the origin. */
export function branchSpec(
  type: string,
  parameters: INode['parameters'],
  branches: readonly string[],
  node: Partial<INode> = {},
): WorkflowSpec {
  return {
    nodes: [
      { name: 'Start', type: 'test.start' },
      { name: 'Node', type: `${PACKAGE}.${type}`, parameters, ...node },
      ...branches.map((name) => ({
        name,
        type: 'test.pass',
        // Follows the pairing back to the item that the workflow began with.
        parameters: { origin: "={{ $('Start').item.json.n }}" },
      })),
    ],
    connections: {
      Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] },
      Node: { main: branches.map((name) => [{ node: name, type: 'main', index: 0 }]) },
    },
  };
}

/** The numbers of the start's items that reached a branch, in order. */
export function originsOf(run: IRun, branch: string): unknown[] {
  return (outputsOf(run, branch)[0] ?? []).map(({ json }) => json.origin);
}
