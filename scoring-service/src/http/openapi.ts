import { z } from 'zod';

import type { AnyRoute } from './route.js';

type Json = Record<string, unknown>;

/** The JSON schema of what a caller sends (`input`) or gets (`output`). */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
  }) as Json;
  return rest;
}

function parameters(schema: z.ZodType | undefined, where: 'query' | 'path'): Json[] {
  if (schema === undefined) return [];
  const { properties, required } = jsonSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (required ?? []).includes(name),
    schema: property,
  }));
}

const ERROR_SCHEMA: Json = {
  type: 'object',
  required: ['error'],
  properties: {
    error: { type: 'string', description: 'A code to match on.' },
    message: { type: 'string', description: 'A sentence for people.' },
    details: { type: 'object', description: 'What was wrong, by field.' },
  },
};

const COMMON_ERRORS: Record<string, string> = {
  '400': 'The request breaks a rule; `details` names the fields.',
  '401': 'No valid API key.',
  '403': 'The key lacks the scope.',
  '429': 'Too many refused requests; see Retry-After.',
  '503': 'The database is away or locked; see Retry-After. Nothing was written.',
};

function operation(route: AnyRoute): Json {
  const responses: Json = {};
  for (const [status, { description, schema }] of Object.entries(route.responses)) {
    responses[status] = {
      description,
      ...(schema === undefined
        ? {}
        : { content: { 'application/json': { schema: jsonSchema(schema, 'output') } } }),
    };
  }
  for (const [status, description] of Object.entries(COMMON_ERRORS)) {
    responses[status] ??= {
      description,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    };
  }
  const pathNames = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  const declared = parameters(route.params, 'path');
  const paths = pathNames.map(
    (name) =>
      declared.find((parameter) => parameter.name === name) ?? {
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      },
  );
  return {
    operationId: `${route.method}${route.path.replace(/[^A-Za-z0-9]+(\w?)/g, (_all, letter: string) => letter.toUpperCase())}`,
    tags: [route.tag],
    summary: route.summary,
    description: [
      route.description,
      route.proof === undefined ? `Scope: \`${route.scope}\`.` : undefined,
    ]
      .filter(Boolean)
      .join('\n\n'),
    parameters: [
      ...paths,
      ...parameters(route.query, 'query'),
      ...(route.idempotent === true
        ? [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: false,
              schema: { type: 'string', maxLength: 255 },
            },
          ]
        : []),
    ],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(route.body, 'input') } },
          },
        }),
    responses,
  };
}

/** The OpenAPI 3.1 description, made from the schemas that validate. */
export function openApiDocument(routes: readonly AnyRoute[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = `/api${route.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'LeadLoop',
      version,
      description: 'Leads, brokers, orders, routing with a full audit, deliveries.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    security: [{ bearer: [] }, { apiKey: [] }],
    paths,
    components: {
      schemas: { Error: ERROR_SCHEMA },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}
