import { readFileSync } from 'node:fs';

import { Ajv } from 'ajv';

/** The part of Twilio's published description that the fake speaks. */
const document = JSON.parse(
  readFileSync(new URL('../fixtures/twilio-messages.openapi.json', import.meta.url), 'utf8'),
) as OpenApi;

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  $ref?: string;
}
interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: unknown;
}

export const listPath = '/2010-04-01/Accounts/{AccountSid}/Messages.json';
export const onePath = '/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json';
export type ContractPath = typeof listPath | typeof onePath;
export type ContractMethod = 'get' | 'post';

const ajv = new Ajv({
  // A description of an API holds more keywords than a schema does.
  strict: false,
  logger: false,
  coerceTypes: 'array',
  allErrors: true,
  formats: {
    currency: true,
    'uri-map': true,
    int64: true,
    // Twilio's own examples are relative in answers, so "uri" only means: one word.
    uri: /^\S+$/,
    'phone-number': /^(?:\+\d{2,15}|[A-Za-z]+:\S+|[\w ]{1,11})$/,
    'date-time-rfc-2822': /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/,
  },
});

const compiled = new Map<string, ReturnType<typeof ajv.compile>>();

function problems(name: string, schema: Schema, value: unknown): string[] {
  // Answers must have the right types already; only form and query values arrive as text.
  let validate = compiled.get(name);
  if (validate === undefined) {
    validate = ajv.compile({ ...schema, components: document.components });
    compiled.set(name, validate);
  }
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${name}${instancePath} ${message ?? ''}`,
  );
}

function operation(path: ContractPath, method: ContractMethod): Operation {
  const found = document.paths[path]?.[method];
  if (found === undefined) throw new Error(`${method} ${path} is not in the contract`);
  return found;
}

/** What the contract says against a request: unknown, missing or malformed parameters. */
export function requestProblems(
  path: ContractPath,
  method: ContractMethod,
  query: Record<string, string>,
  form: Record<string, string>,
): string[] {
  const { parameters = [], requestBody } = operation(path, method);
  const found: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    const parameter = parameters.find((p) => p.in === 'query' && p.name === name);
    if (parameter === undefined) found.push(`query ${name} is unknown`);
    else found.push(...problems(`query ${name}`, parameter.schema, value));
  }
  const schema = requestBody?.content['application/x-www-form-urlencoded']?.schema;
  if (schema === undefined) {
    if (Object.keys(form).length > 0) found.push('a body is not expected');
    return found;
  }
  for (const name of Object.keys(form)) {
    if (schema.properties?.[name] === undefined) found.push(`form ${name} is unknown`);
  }
  return [...found, ...problems(`form of ${method} ${path}`, schema, { ...form })];
}

/** What the contract says against one of the fake's own answers. */
export function answerProblems(
  path: ContractPath,
  method: ContractMethod,
  status: number,
  body: unknown,
): string[] {
  const schema = operation(path, method).responses[String(status)]?.content?.['application/json']
    ?.schema;
  if (schema === undefined) return [`${status} is not an answer of ${method} ${path}`];
  const before = JSON.stringify(body);
  const copy: unknown = JSON.parse(before);
  const found = problems(`answer ${status} of ${method} ${path}`, schema, copy);
  if (JSON.stringify(copy) !== before) found.push(`answer ${status}: a value has the wrong type`);
  return found;
}
