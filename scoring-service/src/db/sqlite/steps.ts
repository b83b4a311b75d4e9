import type { Step, StepResult } from '../unit.js';
import type { Statement, StatementCache } from './statements.js';

/** Runs a statement once per row, with the row's columns in the given order. */
function runForEach(
  statement: Statement,
  rows: readonly object[],
  columns: readonly string[],
): StepResult {
  // One array for all rows: its values are bound before `run` returns.
  const bound: unknown[] = new Array(columns.length);
  let changes = 0;
  for (const row of rows) {
    const values = row as Record<string, unknown>;
    for (let c = 0; c < columns.length; c += 1) bound[c] = values[columns[c] ?? ''] ?? null;
    changes += statement.run(bound).changes;
  }
  return { rows: [], changes };
}

/** Runs one step of a unit inside the transaction that is open. */
export function runStep(statements: StatementCache, step: Step, notified: Set<string>): StepResult {
  switch (step.kind) {
    case 'query': {
      const statement = statements.get(step.query.sql);
      if (statement.reader) {
        const rows = statement.all(...step.query.parameters);
        return { rows, changes: rows.length };
      }
      return { rows: [], changes: statement.run(...step.query.parameters).changes };
    }
    case 'insert_many': {
      const [first] = step.rows;
      if (first === undefined) return { rows: [], changes: 0 };
      const columns = Object.keys(first);
      const statement = statements.insert(step.table, columns, step.ignoreConflicts);
      return runForEach(statement, step.rows, columns);
    }
    case 'update_many': {
      const [first] = step.rows;
      if (first === undefined) return { rows: [], changes: 0 };
      const columns = Object.keys(first).filter((column) => column !== 'id');
      return runForEach(statements.update(step.table, columns), step.rows, [...columns, 'id']);
    }
    case 'notify':
      notified.add(step.channel);
      return { rows: [], changes: 0 };
  }
}
