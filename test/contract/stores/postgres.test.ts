import pg from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import { openTestDatabase } from "../../support/databases.ts";
import { createDatabasePool, type DatabasePool } from "../../support/postgres-pool.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres-server.ts";
import { storesContract } from "./index.ts";
import { migrationContract } from "./migrations.ts";

let server: PostgresServer;
let pool: DatabasePool;
beforeAll(async () => {
  server = await startPostgres();
  const migrated = await server.createDatabase();
  await (await openTestDatabase(migrated)).close();
  pool = createDatabasePool(server, migrated);
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

describe("the stores on PostgreSQL", () => {
  storesContract(() => pool.open(), { modelRuns: 20 });
  migrationContract(() => server.createDatabase(), shapeOf);
});

async function shapeOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ shape: string }>(`
    select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as shape
    from information_schema.columns where table_schema = 'public' and table_name <> 'schema_migrations'
    union all
    select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'schema_migrations'
    union all
    select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'schema_migrations'
    order by 1`);
  await client.end();
  return rows.map(({ shape }) => shape);
}
