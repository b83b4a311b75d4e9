import {
  NodeHelpers,
  type IDataObject,
  type IExecuteFunctions,
  type IHttpRequestOptions,
  type INode,
  type INodeExecutionData,
  type INodeParameters,
  type INodeType,
} from 'n8n-workflow';

export interface FakeAnswer {
  status?: number;
  headers?: IDataObject;
  body?: unknown;
}

/** What the transport does with a request: an answer, or an error when none comes. */
export type Transport = (request: Sent, index: number) => FakeAnswer | Error;

/** A request as it left the node. */
export interface Sent {
  method: string;
  /** After the base URL, such as `/api/orders`. */
  path: string;
  query?: IDataObject;
  body?: IDataObject;
  key?: string;
  options: IHttpRequestOptions;
}

export const BASE_URL = 'http://leadloop.example.com:4100';

export interface MockOptions {
  parameters?: INodeParameters;
  items?: INodeExecutionData[];
  transport: Transport;
  credential?: IDataObject;
  continueOnFail?: boolean;
  node?: Partial<INode>;
  executionId?: string;
  runIndex?: number;
  /** Binary fields' content, by name. */
  binary?: Record<string, Buffer>;
}

export interface Mock {
  context: IExecuteFunctions;
  sent: Sent[];
}

/** Evaluates `={{ … }}` with the item as $json: enough of n8n's expressions for the defaults. */
function evaluate(value: unknown, json: IDataObject): unknown {
  if (typeof value === 'string' && value.startsWith('={{')) {
    const source = value.slice(3, -2);
    return (new Function('$json', `return (${source});`) as (given: IDataObject) => unknown)(json);
  }
  if (Array.isArray(value)) return value.map((part) => evaluate(part, json));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, evaluate(part, json)]),
    );
  }
  return value;
}

export function recorded(options: IHttpRequestOptions): Sent {
  const headers = options.headers ?? {};
  return {
    method: options.method ?? 'GET',
    path: options.url.replace(BASE_URL, ''),
    query: options.qs,
    body: options.body as IDataObject | undefined,
    key: headers['Idempotency-Key'] as string | undefined,
    options,
  };
}

export function answerOf(answer: FakeAnswer): IDataObject {
  return {
    statusCode: answer.status ?? 200,
    headers: answer.headers ?? {},
    body: answer.body as IDataObject,
  };
}

/** n8n's execution context over a transport that is not there. */
export function mockContext(type: INodeType, options: MockOptions): Mock {
  const sent: Sent[] = [];
  const items = options.items ?? [{ json: {} }];
  const node: INode = {
    id: 'node-1',
    name: type.description.displayName,
    type: `n8n-nodes-leadloop.${type.description.name}`,
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
    ...options.node,
  };
  node.parameters =
    NodeHelpers.getNodeParameters(
      type.description.properties,
      options.parameters ?? {},
      true,
      false,
      node,
      type.description,
    ) ?? {};
  const context = {
    getNode: () => node,
    getInputData: () => items,
    getExecutionId: () => options.executionId ?? '42',
    getWorkflowDataProxy: () => ({ $runIndex: options.runIndex ?? 0 }),
    continueOnFail: () => options.continueOnFail ?? false,
    getCredentials: () =>
      Promise.resolve({
        baseUrl: BASE_URL,
        apiKey: 'key',
        ignoreSslIssues: false,
        ...options.credential,
      }),
    getNodeParameter: (name: string, item: number, fallback?: unknown) => {
      const value = node.parameters[name] ?? fallback;
      if (value === undefined) throw new Error(`Could not get parameter "${name}"`);
      return evaluate(value, items[item]?.json ?? {});
    },
    helpers: {
      getBinaryDataBuffer: (_item: number, name: string) => {
        const found = options.binary?.[name];
        return found === undefined
          ? Promise.reject(new Error(`There is no binary field "${name}".`))
          : Promise.resolve(found);
      },
      httpRequestWithAuthentication: (credential: string, request: IHttpRequestOptions) => {
        if (credential !== 'leadLoopApi') throw new Error(`Unknown credential ${credential}`);
        const record = recorded(request);
        sent.push(record);
        const answer = options.transport(record, sent.length - 1);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answerOf(answer));
      },
    },
  };
  return { context: context as unknown as IExecuteFunctions, sent };
}

/** Runs a node; its outputs and what it sent. */
export async function runNode(
  type: INodeType,
  options: MockOptions,
): Promise<{ outputs: INodeExecutionData[][]; sent: Sent[] }> {
  const { context, sent } = mockContext(type, options);
  const outputs = await type.execute?.call(context);
  return { outputs: (outputs ?? []) as INodeExecutionData[][], sent };
}

/** The error a node ends with. */
export async function errorOf(
  type: INodeType,
  options: MockOptions,
): Promise<Error & { description?: string; httpCode?: string; context?: { itemIndex?: number } }> {
  try {
    await runNode(type, options);
  } catch (error) {
    return error as Error;
  }
  throw new Error('The node did not fail.');
}

/** An answer for every request, whatever it is. */
export const always =
  (body: unknown, status = 200): Transport =>
  () => ({ status, body });

/** What a lost connection looks like behind n8n's own error. */
export function networkError(code: string): Error {
  return new Error('The connection failed', { cause: Object.assign(new Error(code), { code }) });
}

export const itemsOf = (
  count: number,
  json: (index: number) => IDataObject,
): INodeExecutionData[] => Array.from({ length: count }, (_, index) => ({ json: json(index) }));

export const jsonOf = (items: INodeExecutionData[] | undefined): IDataObject[] =>
  (items ?? []).map(({ json }) => json);
