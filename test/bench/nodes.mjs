/**
 * What the nodes cost: 500 items through Order Router in n8n's engine against 500 single HTTP calls
 * to the same service, and the nodes' own time in an execution with one item. Single calls are made
 * in three ways: over n8n's transport, as a node without batches makes them; by a program with
 * fetch; and over one raw connection that is kept, which no n8n node does and nothing that calls
 * singly can beat. The batches themselves, sent over that connection without n8n, show what n8n's
 * engine and transport take of the nodes' time. The nodes are built first.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { ADMIN_KEY, leadBody } from './fixture.mjs';
import { median, startServer } from './processes.mjs';

const BUILD = fileURLToPath(new URL('../../scripts/build-nodes.mjs', import.meta.url));
const NODE_FILE = fileURLToPath(
  new URL('../../dist/nodes/OrderRouter/OrderRouter.node.js', import.meta.url),
);

/** n8n's own modules; loading them writes a key file, which belongs in the bench's folder. */
function loadEngine(folder) {
  process.env.N8N_USER_FOLDER = folder;
  process.env.N8N_ENCRYPTION_KEY = 'bench';
  const require = createRequire(import.meta.url);
  require('reflect-metadata');
  const core = require('n8n-core');
  const { Workflow } = require('n8n-workflow');
  const { OrderRouter } = require(NODE_FILE);
  return { core, Workflow, OrderRouter };
}

/** Leads of a request, as the node sends them. */
const BATCH = 100;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One call over a connection that is kept: the fastest that a single caller can be. */
function post(url, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${ADMIN_KEY}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${answer.statusCode} ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** One call as a program usually makes it. */
async function fetchOnce(url, body) {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  return JSON.parse(text);
}

/** A lead as a webhook node hands it on. */
const leadItem = () => ({ json: { headers: {}, body: JSON.parse(leadBody()) } });

const node = (name, type) => ({
  id: name,
  name,
  type,
  typeVersion: 1,
  position: [0, 0],
  parameters: {},
  credentials: { leadLoopApi: { id: '1', name: 'LeadLoop' } },
});

const typesFrom = (types) => ({
  getByName: (name) => types[name],
  getByNameAndVersion: (name) => types[name],
  getKnownTypes: () => ({}),
});

const additionalData = (core, executionId, credential) => ({
  executionId,
  currentNodeExecutionIndex: 0,
  hooks: new core.ExecutionLifecycleHooks('manual', executionId, {}),
  webhookWaitingBaseUrl: 'http://localhost/waiting',
  formWaitingBaseUrl: 'http://localhost/form',
  variables: {},
  credentialsHelper: {
    getDecrypted: () => Promise.resolve(credential),
    getParentTypes: () => [],
    preAuthentication: () => Promise.resolve(undefined),
    isCredentialUsableByNode: () => true,
    authenticate: (given, _type, options) =>
      Promise.resolve({
        ...options,
        headers: { ...options.headers, Authorization: `Bearer ${given.apiKey}` },
      }),
  },
});

/** What a node without batches does: one call after the other, through n8n's own transport. */
const singleCalls = (url) => ({
  description: {
    displayName: 'Single',
    name: 'single',
    group: ['transform'],
    version: 1,
    inputs: ['main'],
    outputs: ['main'],
    defaults: {},
    credentials: [{ name: 'leadLoopApi', required: true }],
    properties: [],
  },
  async execute() {
    const out = [];
    for (const [item, { json }] of this.getInputData().entries()) {
      const answer = await this.helpers.httpRequestWithAuthentication.call(this, 'leadLoopApi', {
        method: 'POST',
        url,
        body: json.body,
        json: true,
      });
      out.push({ json: answer, pairedItem: { item } });
    }
    return [out];
  },
});

/** Runs workflows of two nodes: the items, then the node of the given type. */
function workflowRunner({ core, Workflow, OrderRouter }, server, type) {
  let items = [];
  let executions = 0;
  const start = {
    description: {
      displayName: 'Start',
      name: 'start',
      group: ['trigger'],
      version: 1,
      inputs: [],
      outputs: ['main'],
      defaults: {},
      properties: [],
    },
    execute: () => Promise.resolve([items]),
  };
  const nodeTypes = typesFrom({
    start,
    orderRouter: new OrderRouter(),
    single: singleCalls(server.address + server.path),
  });
  const credential = { baseUrl: server.address, apiKey: ADMIN_KEY, ignoreSslIssues: false };
  return async (given) => {
    items = given;
    executions += 1;
    const workflow = new Workflow({
      id: 'bench',
      active: false,
      nodeTypes,
      settings: { executionOrder: 'v1' },
      nodes: [node('Start', 'start'), node('Router', type)],
      connections: { Start: { main: [[{ node: 'Router', type: 'main', index: 0 }]] } },
    });
    const additional = additionalData(core, String(executions), credential);
    const run = await new core.WorkflowExecute(additional, 'manual').run({
      workflow,
      startNode: workflow.getNode('Start'),
    });
    if (run.data.resultData.error) throw new Error(run.data.resultData.error.message);
    const outputs = run.data.resultData.runData.Router[0].data.main;
    return outputs.reduce((count, output) => count + output.length, 0);
  };
}

async function timed(work) {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** `execute` with one item in n8n's own context, over a transport that answers at once. */
async function ownTimes({ core, Workflow, OrderRouter }, runs) {
  const type = new OrderRouter();
  const nodeTypes = typesFrom({ orderRouter: type });
  const results = [{ lead_id: 'x', status: 'duplicate', message: 'lead already exists' }];
  const times = [];
  for (let round = 0; round < runs; round += 1) {
    const workflow = new Workflow({
      id: 'bench',
      active: false,
      nodeTypes,
      nodes: [node('Router', 'orderRouter')],
      connections: {},
    });
    const router = workflow.getNode('Router');
    const item = leadItem();
    const data = { main: [[item]] };
    const context = new core.ExecuteContext(
      workflow,
      router,
      additionalData(core, String(round), { baseUrl: 'http://127.0.0.1', apiKey: ADMIN_KEY }),
      'manual',
      { resultData: { runData: {} }, executionData: {} },
      0,
      [item],
      data,
      { data, node: router, source: null },
      [],
    );
    context.helpers.httpRequestWithAuthentication = () =>
      Promise.resolve({ statusCode: 200, headers: {}, body: { results } });
    times.push(await timed(() => type.execute.call(context)));
  }
  return times;
}

export async function benchNodes({ items = 500, rounds = 7, ownRuns = 300, orders = 100 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'leadloop-bench-nodes-'));
  execFileSync(process.execPath, [BUILD], { stdio: 'inherit' });
  const engine = loadEngine(folder);
  const server = await startServer('service-server.mjs', [
    `sqlite:${join(folder, 'service.db')}`,
    'group',
    String(orders),
  ]);
  const rounds_ms = {
    kept_connection: [],
    kept_batches: [],
    fetch: [],
    single_items: [],
    order_router: [],
  };
  try {
    const itemByItem = workflowRunner(engine, server, 'single');
    const inBatches = workflowRunner(engine, server, 'orderRouter');
    const through = (run) => async () => {
      const out = await run(Array.from({ length: items }, leadItem));
      if (out !== items) throw new Error(`${out} of ${items} items came out`);
    };
    const singly = (call) => async () => {
      for (let n = 0; n < items; n += 1) await call(server.address + server.path, leadBody());
    };
    const inRawBatches = async () => {
      for (let sent = 0; sent < items; sent += BATCH) {
        const leads = Array.from({ length: Math.min(BATCH, items - sent) }, leadBody);
        await post(`${server.address}${server.path}/batch`, `{"leads":[${leads.join(',')}]}`);
      }
    };
    const work = {
      kept_connection: singly(post),
      kept_batches: inRawBatches,
      fetch: singly(fetchOnce),
      single_items: through(itemByItem),
      order_router: through(inBatches),
    };
    for (let round = -1; round < rounds; round += 1) {
      for (const [name, run] of Object.entries(work)) {
        const times = [];
        // A tenth as long as the others, it would catch ten times as much of the machine's noise.
        const repeats = name === 'order_router' || name === 'kept_batches' ? 5 : 1;
        for (let time = 0; time < repeats; time += 1) times.push(await timed(run));
        // The first round warms up.
        if (round >= 0) rounds_ms[name].push(median(times));
      }
    }
    const own = await ownTimes(engine, ownRuns);
    const faster = (than, by = 'order_router') =>
      median(rounds_ms[than].map((ms, i) => ms / rounds_ms[by][i]));
    return {
      items,
      ms: Object.fromEntries(
        Object.entries(rounds_ms).map(([name, values]) => [name, Math.round(median(values))]),
      ),
      times_faster: {
        than_single_items: faster('single_items'),
        than_fetch: faster('fetch'),
        than_kept_connection: faster('kept_connection'),
      },
      batches_without_n8n_than_kept_connection: faster('kept_connection', 'kept_batches'),
      own_ms_one_item: {
        median: median(own),
        p99: [...own].sort((a, b) => a - b)[Math.floor(own.length * 0.99)],
        first: own[0],
      },
    };
  } finally {
    agent.destroy();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify(await benchNodes(), null, 2));
}
