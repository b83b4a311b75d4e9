import type { DatabaseConnection, Dialect, Driver } from 'kysely';

/**
 * The same dialect whose connections and queries fail with what `translate` makes of the error,
 * so that a read outside a unit says 503 when the database is away, just as a unit does.
 */
export function translatingErrors(
  dialect: Dialect,
  translate: (error: unknown) => unknown,
): Dialect {
  const translated = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw translate(error);
    }
  };
  const seen = new WeakSet<DatabaseConnection>();

  /** Pools hand out the same connection again and again: it is prepared once. */
  const prepare = (connection: DatabaseConnection): DatabaseConnection => {
    if (seen.has(connection)) return connection;
    seen.add(connection);
    const execute = connection.executeQuery.bind(connection) as DatabaseConnection['executeQuery'];
    connection.executeQuery = (query, options) => translated(() => execute(query, options));
    return connection;
  };

  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver(): Driver {
      const driver = dialect.createDriver();
      const acquire = driver.acquireConnection.bind(driver);
      driver.acquireConnection = (options) =>
        translated(async () => prepare(await acquire(options)));
      return driver;
    },
  };
}
