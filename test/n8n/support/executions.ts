import { parse } from 'flatted';

import type { Rest } from '../../../scripts/n8n/rest.js';

/** Members of results, which are read and compared only. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any member may be read
export type Json = Record<string, any>;

interface RunData {
  data?: { main?: ({ json: Json }[] | null)[] };
  error?: Json;
}

export interface Execution {
  id: string;
  status: string;
  workflowId: string;
  mode: string;
  /** Nodes in the order in which they ran, each as often as it ran. */
  ran: string[];
  /** What a node gave out in its last run, by output. */
  outputs(node: string): Json[][];
  /** The number of the outputs of a node that had items. */
  branches(node: string): number[];
  error: Json | null;
}

interface Summary {
  id: string;
  status: string;
}

interface Stored extends Summary {
  workflowId: string;
  mode: string;
  data: string;
}

interface Content {
  resultData: { runData: Record<string, RunData[]>; error?: Json };
}

function readExecution(stored: Stored): Execution {
  const { resultData } = parse(stored.data) as Content;
  const { runData } = resultData;
  const order = Object.entries(runData).flatMap(([name, runs]) =>
    runs.map((run) => ({ name, at: (run as { executionIndex?: number }).executionIndex ?? 0 })),
  );
  const outputs = (node: string): Json[][] =>
    (runData[node]?.at(-1)?.data?.main ?? []).map((items) => (items ?? []).map(({ json }) => json));
  return {
    id: stored.id,
    status: stored.status,
    workflowId: stored.workflowId,
    mode: stored.mode,
    ran: order.sort((a, b) => a.at - b.at).map(({ name }) => name),
    outputs,
    branches: (node) => outputs(node).flatMap((items, i) => (items.length > 0 ? [i] : [])),
    error: resultData.error ?? null,
  };
}

/** Resolves with what `read` gives once that is not undefined; asks again and again, for a minute. */
export async function eventually<T>(
  what: string,
  read: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const until = Date.now() + 60_000;
  for (;;) {
    const found = await read();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const FINISHED = ['success', 'error', 'crashed', 'canceled'];

export interface Executions {
  /** The newest execution's id of a workflow, "0" when there is none. */
  newest(workflowId: string): Promise<string>;
  /** The executions after the given one, oldest first, once there are as many and all are over. */
  after(workflowId: string, id: string, count?: number): Promise<Execution[]>;
  /** Those after the given one that are over by now, oldest first. */
  sinceAll(workflowId: string, id: string): Promise<Execution[]>;
}

const byId = (a: { id: string }, b: { id: string }): number => Number(a.id) - Number(b.id);

export function readExecutions(rest: Rest): Executions {
  const list = async (workflowId: string): Promise<Summary[]> => {
    const filter = encodeURIComponent(JSON.stringify({ workflowId }));
    const found = await rest.call<{ results: Summary[] }>(
      'GET',
      `/executions?filter=${filter}&limit=100`,
    );
    return found.results;
  };
  const read = async (one: Summary): Promise<Execution> =>
    readExecution(await rest.call<Stored>('GET', `/executions/${one.id}`));
  const isOver = ({ status }: Summary): boolean => FINISHED.includes(status);
  return {
    async newest(workflowId) {
      const ids = (await list(workflowId)).map(({ id }) => Number(id));
      return String(Math.max(0, ...ids));
    },
    after: (workflowId, id, count = 1) =>
      eventually(`${count} executions of ${workflowId} after ${id}`, async () => {
        const newer = (await list(workflowId)).filter((one) => Number(one.id) > Number(id));
        if (newer.length < count) return undefined;
        if (!newer.every(isOver)) return undefined;
        return (await Promise.all(newer.map(read))).sort(byId);
      }),
    async sinceAll(workflowId, id) {
      const newer = (await list(workflowId)).filter((one) => Number(one.id) > Number(id));
      return (await Promise.all(newer.filter(isOver).map(read))).sort(byId);
    },
  };
}
