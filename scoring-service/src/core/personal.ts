import { z } from 'zod';

/**
 * Marks a field as telling who somebody is: logs never hold it, exports can leave it out, erasure and
 * the export of one person find it.
 */
export const personal = <T extends z.ZodType>(schema: T): T => schema.meta({ pii: true }) as T;

/** The schema inside of what may be absent, null or a default. */
function bare(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (
    !isMarked(inner) &&
    (inner instanceof z.ZodOptional ||
      inner instanceof z.ZodNullable ||
      inner instanceof z.ZodDefault)
  ) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner;
}

function isMarked(schema: z.ZodType): boolean {
  return schema.meta()?.pii === true;
}

/** Names of an object's fields that are marked as telling who somebody is. */
export function personalFields(schema: z.ZodObject): Set<string> {
  const fields = Object.entries(schema.shape as Record<string, z.ZodType>);
  return new Set(fields.filter(([, field]) => isMarked(bare(field))).map(([name]) => name));
}

/** The value without its marked fields, in lists and objects within it too. */
export function withoutPersonal(schema: z.ZodType, value: unknown): unknown {
  const inner = bare(schema);
  if (value === null || value === undefined) return value;
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((element) => withoutPersonal(inner.element as z.ZodType, element));
  }
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object') return value;
  const shape = inner.shape as Record<string, z.ZodType>;
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const field = shape[name];
    if (field !== undefined && isMarked(bare(field))) continue;
    kept[name] = field === undefined ? member : withoutPersonal(field, member);
  }
  return kept;
}
