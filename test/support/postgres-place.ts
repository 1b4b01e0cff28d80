import { openTestDatabase } from "./databases.ts";
import type { Place } from "./post-histories.ts";
import { createDatabasePool } from "./postgres-pool.ts";
import { startPostgres } from "./postgres-server.ts";

/** PostgreSQL for one history after the other: one server, one database that is emptied before each. */
export async function startPostgresPlace(): Promise<
  Pick<Place, "open" | "close"> & { stop(): Promise<void> }
> {
  const server = await startPostgres();
  const migrated = await server.createDatabase();
  await (await openTestDatabase(migrated)).close();
  const pool = createDatabasePool(server, migrated);
  return {
    open: () => pool.open(),
    close: (database) => database.close(),
    async stop() {
      await pool.end();
      await server.stop();
    },
  };
}
