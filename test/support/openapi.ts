import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export type Json = Record<string, unknown>;

export interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Record<string, Json> };
  [member: string]: unknown;
}

export interface Operation {
  operationId: string;
  parameters: { name: string; in: string; required?: boolean; schema: Json }[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Json }> }>;
  [member: string]: unknown;
}

const text = { type: 'string', minLength: 1 };
const media = {
  type: 'object',
  required: ['application/json'],
  additionalProperties: {
    type: 'object',
    required: ['schema'],
    properties: { schema: { type: 'object' } },
  },
};
const operation = {
  type: 'object',
  required: ['operationId', 'tags', 'summary', 'responses'],
  properties: {
    operationId: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9]*$' },
    tags: { type: 'array', items: text, minItems: 1 },
    summary: text,
    description: text,
    deprecated: { type: 'boolean' },
    security: { type: 'array' },
    parameters: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'in', 'schema'],
        properties: {
          name: text,
          in: { enum: ['query', 'path', 'header', 'cookie'] },
          required: { type: 'boolean' },
          description: text,
          schema: { type: 'object' },
        },
        if: { properties: { in: { const: 'path' } } },
        then: { required: ['required'], properties: { required: { const: true } } },
        additionalProperties: false,
      },
    },
    requestBody: {
      type: 'object',
      required: ['content'],
      properties: {
        required: { type: 'boolean' },
        description: text,
        content: { type: 'object', minProperties: 1 },
      },
      additionalProperties: false,
    },
    responses: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^([1-5]\\d\\d|default)$' },
      additionalProperties: {
        type: 'object',
        required: ['description'],
        properties: { description: text, headers: { type: 'object' }, content: media },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

/** What OpenAPI 3.1 asks of the parts that the service's description uses, as a JSON Schema. */
export const OPENAPI_SCHEMA = {
  type: 'object',
  required: ['openapi', 'info', 'paths'],
  properties: {
    openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
    info: {
      type: 'object',
      required: ['title', 'version'],
      properties: {
        title: text,
        version: text,
        description: text,
        summary: text,
        license: { type: 'object', required: ['name'] },
      },
      additionalProperties: false,
    },
    servers: { type: 'array', items: { type: 'object', required: ['url'] } },
    tags: { type: 'array', items: { type: 'object', required: ['name'] } },
    security: { type: 'array', items: { type: 'object' } },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'put', 'post', 'delete', 'patch'] },
        additionalProperties: operation,
      },
    },
    components: {
      type: 'object',
      properties: {
        schemas: { type: 'object' },
        securitySchemes: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            required: ['type'],
            properties: {
              type: { enum: ['apiKey', 'http', 'mutualTLS', 'oauth2', 'openIdConnect'] },
            },
          },
        },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

/** A validator of JSON Schema 2020-12, which OpenAPI 3.1 uses; unknown keywords are notes. */
export function createAjv(): Ajv2020 {
  return new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
}

/** Finds what an answer must look like by the description, and says what does not. */
export function createAnswerCheck(document: OpenApi) {
  const ajv = createAjv();
  ajv.addSchema({ $id: 'https://leadloop.example/api', components: document.components });
  const compiled = new Map<Json, ValidateFunction>();
  const patterns = Object.keys(document.paths)
    .map((path) => ({ path, test: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }))
    // Literal paths win over patterns, as in the service.
    .sort((one, other) => one.path.split('{').length - other.path.split('{').length);

  return (method: string, address: string, status: number, body: unknown): string[] => {
    const path = patterns.find(({ test }) => test.test(address.split('?')[0] ?? ''))?.path;
    const found = path === undefined ? undefined : document.paths[path]?.[method.toLowerCase()];
    if (found === undefined) return [`${method} ${address} is not described`];
    const declared = found.responses[String(status)];
    if (declared === undefined) return [`${method} ${String(path)} does not declare ${status}`];
    const schema =
      declared.content?.['application/json']?.schema ??
      (status >= 400 ? { $ref: '#/components/schemas/Error' } : undefined);
    if (schema === undefined) return [`${method} ${String(path)} ${status} has no schema`];
    let validate = compiled.get(schema);
    if (validate === undefined) {
      const text = JSON.stringify(schema).replaceAll('"#/', '"https://leadloop.example/api#/');
      validate = ajv.compile(JSON.parse(text) as Json);
      compiled.set(schema, validate);
    }
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      (error) =>
        `${method} ${String(path)} ${status}: ${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
    );
  };
}
