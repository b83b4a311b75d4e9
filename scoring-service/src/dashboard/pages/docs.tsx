import { Badge, Section, Text } from '../components/basics.js';
import { Table } from '../components/table.js';
import type { Page } from '../screen.js';

type Json = Record<string, unknown>;

interface Operation {
  method: string;
  path: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  body: Json | null;
  responses: [status: string, description: string, schema: Json | null][];
}

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: Json;
}

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function schemaOf(holder: unknown): Json | null {
  const media = object(object(object(holder).content)['application/json']);
  return media.schema === undefined ? null : object(media.schema);
}

/** The operations of the description, by tag, in its order. */
export function operationsByTag(document: Json): Map<string, Operation[]> {
  const byTag = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(object(document.paths))) {
    for (const [method, value] of Object.entries(object(methods))) {
      const operation = object(value);
      const [tag] = (operation.tags as string[] | undefined) ?? ['Other'];
      const list = byTag.get(tag ?? 'Other') ?? [];
      byTag.set(tag ?? 'Other', list);
      list.push({
        method,
        path,
        summary: text(operation.summary),
        description: text(operation.description),
        parameters: (operation.parameters as Parameter[] | undefined) ?? [],
        body: schemaOf(operation.requestBody),
        responses: Object.entries(object(operation.responses)).map(([status, response]) => [
          status,
          text(object(response).description),
          schemaOf(response),
        ]),
      });
    }
  }
  return byTag;
}

/** A schema in a few words: "integer", "active | paused", "list of text". */
export function typeText(schema: Json): string {
  if (Array.isArray(schema.enum)) return schema.enum.map(String).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const options = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (options !== undefined) return [...new Set(options.map(typeText))].join(' or ');
  if (schema.type === 'array') return `list of ${typeText(object(schema.items))}`;
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  if (schema.$ref !== undefined) return text(schema.$ref).split('/').at(-1) ?? '';
  if (text(schema.format) !== '') return `${text(schema.type)} (${text(schema.format)})`;
  return text(schema.type) || 'anything';
}

function anchor(operation: Operation): string {
  return `${operation.method}-${operation.path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '')}`;
}

interface Member {
  name: string;
  type: string;
  required: boolean;
  note: string;
}

function membersOf(schema: Json): Member[] {
  const required = new Set((schema.required as string[] | undefined) ?? []);
  return Object.entries(object(schema.properties)).map(([name, value]) => ({
    name,
    type: typeText(object(value)),
    required: required.has(name),
    note: text(object(value).description),
  }));
}

function Members({ caption, schema }: { caption: string; schema: Json }) {
  const members = membersOf(schema);
  if (members.length === 0) {
    return (
      <p>
        <code safe>{typeText(schema)}</code>
      </p>
    );
  }
  return (
    <Table
      caption={caption}
      rows={members}
      columns={[
        { head: 'Field', cell: ({ name }) => <code safe>{name}</code> },
        { head: 'Type', cell: ({ type }) => <span safe>{type}</span> },
        { head: 'Required', cell: ({ required }) => <>{required ? 'yes' : 'no'}</> },
        { head: 'Note', cell: ({ note }) => <Text value={note || null} /> },
      ]}
    />
  );
}

const TONES: Record<string, 'good' | 'info' | 'warn' | 'bad'> = {
  get: 'info',
  post: 'good',
  patch: 'warn',
  put: 'warn',
  delete: 'bad',
};

/** One operation, folded until it is wanted. */
function OperationEntry({ operation }: { operation: Operation }) {
  const { method, path } = operation;
  const name = `${method.toUpperCase()} ${path}`;
  return (
    <details class="operation" id={anchor(operation)}>
      <summary>
        <Badge status={method} text={method.toUpperCase()} tone={TONES[method]} />{' '}
        <code safe>{path}</code>{' '}
        <span class="faint" safe>
          {operation.summary}
        </span>
      </summary>
      <div class="part">
        <p class="text" safe>
          {operation.description}
        </p>
        {operation.parameters.length === 0 ? (
          <></>
        ) : (
          <Table
            caption={`Parameters of ${name}`}
            rows={operation.parameters}
            columns={[
              { head: 'Parameter', cell: (one) => <code safe>{one.name}</code> },
              { head: 'In', cell: (one) => <span safe>{one.in}</span> },
              { head: 'Type', cell: (one) => <span safe>{typeText(one.schema)}</span> },
              { head: 'Required', cell: (one) => <>{one.required ? 'yes' : 'no'}</> },
            ]}
          />
        )}
        {operation.body === null ? (
          <></>
        ) : (
          <>
            <h4>Body</h4>
            <Members caption={`Body of ${name}`} schema={operation.body} />
          </>
        )}
        <h4>Answers</h4>
        {operation.responses.map(([status, description, schema]) => (
          <div>
            <p>
              <strong safe>{status}</strong> <span safe>{description}</span>
            </p>
            {schema === null || !status.startsWith('2') ? (
              <></>
            ) : (
              <Members caption={`Answer ${status} of ${name}`} schema={schema} />
            )}
          </div>
        ))}
      </div>
    </details>
  );
}

/** The API for people, from its own description; no script is needed. */
export function docsPage(document: Json): Page {
  const byTag = operationsByTag(document);
  const info = object(document.info);
  return {
    title: 'API documentation',
    section: '/docs',
    body: (
      <>
        <Section
          title="How to call it"
          id="how"
          aside={<span class="faint" safe>{`Version ${text(info.version)}`}</span>}
        >
          <p>
            Send JSON with an API key as <code>Authorization: Bearer ll_…</code> or{' '}
            <code>X-API-Key: ll_…</code>. Errors answer{' '}
            <code>{'{"error", "message", "details"}'}</code>. Lists answer{' '}
            <code>{'{"data", "next_cursor"}'}</code>; pass the cursor back for the next page. The
            whole description is at <a href="/openapi.json">/openapi.json</a>.
          </p>
        </Section>
        {[...byTag].map(([tag, operations]) => (
          <Section title={tag} id={`tag-${tag.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`}>
            {operations.map((operation) => (
              <OperationEntry operation={operation} />
            ))}
          </Section>
        ))}
      </>
    ),
  };
}
