/**
 * Measures qualification against the labelled enquiries in test/fixtures/qualification.
 *
 *   npm run build
 *   node scoring-service/scripts/qualification-accuracy.mjs             rules scorer, prints the table
 *   node scoring-service/scripts/qualification-accuracy.mjs --write     … and puts it into docs/qualification-accuracy.md
 *   OPENAI_API_KEY=… node scoring-service/scripts/qualification-accuracy.mjs --model gpt-4o-mini
 *
 * With --model the same enquiries go to the real model (OPENAI_BASE_URL is honoured), one at a time;
 * an enquiry that the model did not answer counts as wrong. --split holdout asks for half of them.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values: args } = parseArgs({
  options: {
    model: { type: 'string' },
    split: { type: 'string' },
    write: { type: 'boolean', default: false },
    dist: { type: 'string', default: '../dist/' },
  },
});

const root = new URL('../../', import.meta.url);
const dist = new URL(args.dist.endsWith('/') ? args.dist : `${args.dist}/`, import.meta.url);
const {
  createModelScorer,
  createQualifier,
  contactFlags,
  decisionOfScore,
  DEFAULT_THRESHOLDS,
  scoreByRules,
  VERTICALS,
} = await import(new URL('qualification/index.js', dist).href);
const { accuracyRows, accuracyTable } = await import(
  new URL('qualification/accuracy.js', dist).href
);

const scorer = args.model === undefined ? rulesScorer() : await modelScorer(args.model);

const answers = [];
for (const vertical of VERTICALS) {
  for (const { split, expected, enquiry } of load(vertical)) {
    if (args.split !== undefined && args.split !== split) continue;
    answers.push({ vertical, split, expected, actual: await scorer({ ...enquiry, vertical }) });
  }
}
let steered = 0;
const attempts = load('injections');
for (const { vertical, enquiry } of attempts) {
  steered += Number((await scorer({ ...enquiry, vertical })) === 'book_now');
}

const table = [
  accuracyTable(accuracyRows(answers)),
  '',
  `Prompt injections that reached \`book_now\`: ${steered} of ${attempts.length}.`,
].join('\n');
console.log(table);
if (args.write) writeTable(args.model ?? 'rules', table);

function rulesScorer() {
  return async (enquiry) =>
    decisionOfScore(scoreByRules(enquiry, contactFlags(enquiry)).score, DEFAULT_THRESHOLDS);
}

async function modelScorer(model) {
  const apiKey = process.env.OPENAI_API_KEY;
  if (!apiKey) {
    console.error('Set OPENAI_API_KEY to measure a model.');
    process.exit(1);
  }
  const { createOpenAiChat } = await import(new URL('providers/openai/index.js', dist).href);
  const chat = createOpenAiChat({
    apiKey,
    model,
    baseUrl: process.env.OPENAI_BASE_URL || undefined,
  });
  const { qualifyLead } = createQualifier({
    model: createModelScorer(chat),
    nowMs: () => performance.now(),
    newNonce: () => randomBytes(16).toString('hex'),
  });
  return async (enquiry) => {
    const result = await qualifyLead(enquiry);
    return result.source === 'openai' ? result.decision : null;
  };
}

function load(name) {
  const file = new URL(`test/fixtures/qualification/${name}.json`, root);
  return JSON.parse(readFileSync(file, 'utf8')).enquiries;
}

/** Replaces what stands between the two marks of this scorer, or adds a section for a new one. */
function writeTable(name, text) {
  const file = new URL('docs/qualification-accuracy.md', root);
  const page = readFileSync(file, 'utf8');
  const begin = `<!-- begin ${name} -->`;
  const end = `<!-- end ${name} -->`;
  const block = `${begin}\n\n${text}\n\n${end}`;
  const from = page.indexOf(begin);
  const next =
    from === -1
      ? `${page.trimEnd()}\n\n## ${name}\n\n${block}\n`
      : page.slice(0, from) + block + page.slice(page.indexOf(end) + end.length);
  writeFileSync(file, next);
}
