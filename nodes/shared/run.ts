import { randomUUID } from 'node:crypto';

import {
  NodeApiError,
  NodeOperationError,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
  type JsonObject,
} from 'n8n-workflow';

import { connect, type ApiRequest, type RetryPolicy } from './client';
import { asFailure, attempt, CallFailed, type Failure } from './failure';
import { failedItem, itemSentence, resultItem, type ItemOutcome } from './outputs';
import { readParameters, type Parameters } from './parameters';

/** What an operation works with during one run of a node. */
export interface Run {
  context: IExecuteFunctions;
  items: readonly INodeExecutionData[];
  parameters: Parameters;
  call(request: ApiRequest): Promise<IDataObject>;
  /** The idempotency key of a write whose chunk begins with this item. */
  key(firstItem: number): string;
}

export interface Operation {
  /** Items that go into one request (default 1, at most 100). */
  chunkSize?: number;
  /** Requests under way at once (default 1: what one item changes, the next one sees). */
  parallel?: number;
  /** One outcome per item of the chunk, in order. Throws when the chunk failed as a whole. */
  run(run: Run, chunk: readonly number[]): Promise<ItemOutcome[]>;
}

/** An operation with a request of its own for each item. */
export function perItem(
  work: (run: Run, item: number) => Promise<ItemOutcome>,
  parallel = 1,
): Operation {
  return {
    parallel,
    run: async (run, chunk) => Promise.all(chunk.map((item) => work(run, item))),
  };
}

export interface RunOptions {
  /** Outputs of the node. */
  outputs: number;
  /** The output that "Continue" gives failed items to: the one where people look after leads. */
  failedOutput: number;
  /** Whether results carry the input item's fields under `input`, unless the option says otherwise. */
  includesInput: boolean;
}

const MAX_TRIES = 5;
const MAX_WAIT_MS = 5000;

/**
 * n8n repeats a node that continues on fail only when the first item of its first output failed.
 * With failures on another output the node keeps the operator's "Retry On Fail" promise itself.
 */
function retryPolicy(context: IExecuteFunctions, options: RunOptions): RetryPolicy {
  const node = context.getNode();
  if (options.failedOutput === 0 || node.retryOnFail !== true || !context.continueOnFail()) {
    return { tries: 1, waitMs: 0 };
  }
  return {
    tries: Math.min(MAX_TRIES, Math.max(2, node.maxTries ?? 3)),
    waitMs: Math.min(MAX_WAIT_MS, Math.max(0, node.waitBetweenTries ?? 1000)),
  };
}

/**
 * Loops run a node several times in one execution; each run is a write of its own. n8n's contexts
 * carry the number, though their interface does not say so; the documented way to it, the data
 * proxy of expressions, costs a quarter of a millisecond and is there for a context without it.
 */
function runIndexOf(context: IExecuteFunctions): number {
  const { runIndex } = context as { runIndex?: unknown };
  if (typeof runIndex === 'number') return runIndex;
  const proxy = context.getWorkflowDataProxy(0) as { $runIndex?: number } | undefined;
  return proxy?.$runIndex ?? 0;
}

/** Keys of this run: the same again under Retry On Fail, another one for every other request. */
function keys(context: IExecuteFunctions): (firstItem: number) => string {
  const execution = context.getExecutionId() ?? randomUUID();
  const prefix = `n8n:${execution}:${context.getNode().id}:${runIndexOf(context)}`;
  return (firstItem) => `${prefix}:${firstItem}`;
}

function raise(context: IExecuteFunctions, failure: Failure, item: number, cause?: unknown): never {
  const message = itemSentence(failure, item);
  const description = failure.advice;
  if (failure.code === 'invalid_parameter') {
    const error = cause instanceof Error && !(cause instanceof CallFailed) ? cause : message;
    throw new NodeOperationError(context.getNode(), error, {
      message,
      description,
      itemIndex: item,
    });
  }
  throw new NodeApiError(context.getNode(), { message } as JsonObject, {
    message,
    description,
    httpCode: failure.status === null ? undefined : String(failure.status),
    itemIndex: item,
  });
}

function chunksOf(count: number, size: number): number[][] {
  const chunks: number[][] = [];
  for (let first = 0; first < count; first += size) {
    chunks.push(Array.from({ length: Math.min(size, count - first) }, (_, index) => first + index));
  }
  return chunks;
}

/**
 * Runs an operation over all input items and gives the node's outputs: results in the order of
 * the input on every output, each paired with its item. A failure ends the node, or, with
 * "Continue", becomes an item of its own while the other items go on.
 */
export async function runOperation(
  context: IExecuteFunctions,
  operation: Operation,
  options: RunOptions,
): Promise<INodeExecutionData[][]> {
  const items = context.getInputData();
  const parameters = readParameters(context, items);
  const outputs: INodeExecutionData[][] = Array.from({ length: options.outputs }, () => []);

  const fail = (failure: Failure, item: number, cause?: unknown): void => {
    if (!context.continueOnFail()) raise(context, failure, item, cause);
    outputs[options.failedOutput]?.push(failedItem(failure, item));
  };

  const inputOf = (item: number): IDataObject | undefined => {
    const wanted = parameters.group('options', item).includeInput ?? options.includesInput;
    return wanted === true ? items[item]?.json : undefined;
  };

  const emit = (outcome: ItemOutcome, item: number): void => {
    const input = attempt(() => inputOf(item));
    if ('failure' in outcome) fail(outcome.failure, item);
    else if ('failure' in input) fail(input.failure, item);
    else {
      for (const { output, json } of outcome.results) {
        outputs[output]?.push(resultItem(json, item, input.value));
      }
    }
  };

  const settle = async (run: Run, chunk: readonly number[]): Promise<() => void> => {
    try {
      const outcomes = await operation.run(run, chunk);
      return () => {
        chunk.forEach((item, index) => {
          const outcome = outcomes[index];
          if (outcome !== undefined) emit(outcome, item);
        });
      };
    } catch (error) {
      const failure = asFailure(error);
      return () => chunk.forEach((item) => fail(failure, item, error));
    }
  };

  if (items.length === 0) return outputs;
  let run: Run;
  try {
    const client = await connect(context, retryPolicy(context, options));
    run = { context, items, parameters, call: client.call, key: keys(context) };
  } catch (error) {
    // Without this, "Continue" would send the untouched input through the first output.
    const failure = asFailure(error);
    items.forEach((_item, index) => fail(failure, index, error));
    return outputs;
  }
  const chunks = chunksOf(items.length, operation.chunkSize ?? 1);
  const width = operation.parallel ?? 1;
  for (let first = 0; first < chunks.length; first += width) {
    const settled = await Promise.all(
      chunks.slice(first, first + width).map((chunk) => settle(run, chunk)),
    );
    for (const emitChunk of settled) emitChunk();
  }
  return outputs;
}
