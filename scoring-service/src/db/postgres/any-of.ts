import { sql, type Expression, type SqlBool } from 'kysely';

/** As the store says it on this database. */
export function anyOf(column: string, values: readonly string[]): Expression<SqlBool> {
  return sql`${sql.ref(column)} = any(${values})`;
}
