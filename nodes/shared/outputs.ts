import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Failure } from './failure';

/** One item to be sent on, and through which output. */
export interface Result {
  output: number;
  json: IDataObject;
}

/** What became of one input item. */
export type ItemOutcome = { results: Result[] } | { failure: Failure };

/** A result through the first output. */
export const done = (json: IDataObject): ItemOutcome => ({ results: [{ output: 0, json }] });

/** Several results through the first output. */
export const doneMany = (list: readonly IDataObject[]): ItemOutcome => ({
  results: list.map((json) => ({ output: 0, json })),
});

/** "Item 3: …", counted from 0 as n8n does. */
export function itemSentence(failure: Failure, item: number): string {
  return `Item ${item}: ${failure.what}`;
}

/**
 * A failed item. Its keys are exactly those by which n8n tells a failure from a result, so that
 * "Continue (using error output)" takes it away from the business outputs.
 */
export function failedItem(failure: Failure, item: number): INodeExecutionData {
  return {
    json: {
      error: itemSentence(failure, item),
      message: failure.advice,
      details: { ...failure.details, code: failure.code, status: failure.status },
    },
    pairedItem: { item },
  };
}

/** A result as an output item, with the input item's own fields under `input` when asked for. */
export function resultItem(
  json: IDataObject,
  item: number,
  input: IDataObject | undefined,
): INodeExecutionData {
  return {
    json: input === undefined ? json : { ...json, input },
    pairedItem: { item },
  };
}
