import BetterSqlite3 from 'better-sqlite3';

/** What n8n's Remove Duplicates remembers of a workflow at most. */
const MEMORY = 10_000;

/** Fills n8n's memory for repetitions of a workflow, in n8n's database. */
export function fillMemory(file: string, workflowId: string): void {
  const database = new BetterSqlite3(file, { timeout: 10_000 });
  const data = Array.from({ length: MEMORY }, (_, i) => `value ${i}`);
  database
    .prepare(
      `insert into processed_data (context, workflowId, createdAt, updatedAt, value)
       values ('', ?, datetime(), datetime(), ?)
       on conflict (workflowId, context) do update set value = excluded.value`,
    )
    .run(workflowId, JSON.stringify({ mode: 'entries', data }));
  database.close();
}

/** Puts moments of a row an hour back, in the service's database. */
export function age(file: string, table: string, id: string, columns: string[]): void {
  const database = new BetterSqlite3(file, { timeout: 10_000 });
  const earlier = new Date(Date.now() - 3600_000).toISOString();
  const set = columns.map((column) => `${column} = @earlier`).join(', ');
  database.prepare(`update ${table} set ${set} where id = @id`).run({ earlier, id });
  database.close();
}
