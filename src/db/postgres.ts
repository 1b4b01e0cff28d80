import { join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { type Database, type DatabaseOptions, Undone, type Work } from "./database.ts";
import { applyMigrations, type MigrationTarget, takeBackMigrations } from "./migrations.ts";
import * as tables from "./schema-postgres.ts";
import type { Session } from "./statement.ts";
import { errorCode, storeError } from "./store-error.ts";

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 10_000;
/** No statement of ours takes a tenth of it; what does is stuck behind a lock. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** Serialization failure and deadlock: nothing was done, and the same transaction succeeds when it is run again. */
const CONFLICT = /^(40001|40P01)$/;
const TRIES = 5;

/** An arbitrary number that stands for "Easel's migrations" among the server's advisory locks. */
const MIGRATION_LOCK = 7_270_031;

/** PostgreSQL, for several processes on one database. A unit of work is one transaction (READ COMMITTED, row locks). */
export function openPostgres({ url, migrationsFolder, log }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: "easel",
  });
  pool.on("error", (error) =>
    log.warn("database connection lost", { component: "db", code: errorCode(error) }),
  );
  // The pool listens to idle connections only; an error event that nobody hears would end the process. What was
  // under way learns of it by its own statement.
  pool.on("connect", (client) => client.on("error", () => undefined));

  /** A connection keeps its session, and so its prepared statements, for as long as it lives. */
  const sessions = new WeakMap<pg.PoolClient, Session>();
  function sessionOn(client: pg.PoolClient): Session {
    const known = sessions.get(client);
    if (known !== undefined) return known;
    const session: Session = {
      dialect: "postgres",
      query: drizzle({ client, schema: tables, casing: "snake_case" }),
      tables,
    };
    sessions.set(client, session);
    return session;
  }

  async function connected<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw storeError(error);
    }
    let failure: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      const thrown = storeError(error);
      // A connection that broke is not used again.
      if (thrown !== error && thrown instanceof Error) failure = thrown;
      throw thrown;
    } finally {
      client.release(failure);
    }
  }

  function writeOnce<T>(work: Work<T>): Promise<T> {
    return connected(async (client) => {
      await client.query("BEGIN");
      let result: T | Undone<T>;
      try {
        result = await work(sessionOn(client));
      } catch (error) {
        await client.query("ROLLBACK").catch(() => undefined);
        throw error;
      }
      if (result instanceof Undone) {
        await client.query("ROLLBACK");
        return result.value;
      }
      try {
        await client.query("COMMIT");
      } catch (error) {
        throw storeError(error, "unknown");
      }
      return result;
    });
  }

  const migrations = (client: pg.PoolClient): MigrationTarget => ({
    folder: join(migrationsFolder, "postgres"),
    async exclusively(work) {
      await client.query("BEGIN");
      try {
        await client.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
        const result = await work();
        await client.query("COMMIT");
        return result;
      } catch (error) {
        await client.query("ROLLBACK").catch(() => undefined);
        throw error;
      }
    },
    script: async (sql) => void (await client.query(sql)),
    names: async (sql) => (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name),
  });

  return {
    dialect: "postgres",
    read: (work) => connected((client) => work(sessionOn(client))),
    async write(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await writeOnce(work);
        } catch (error) {
          const cause = error instanceof Error ? error.cause : undefined;
          if (!CONFLICT.test(errorCode(cause)) || attempt === TRIES) throw error;
        }
      }
    },
    migrate: (now) => connected((client) => applyMigrations(migrations(client), now)),
    rollback: (steps) => connected((client) => takeBackMigrations(migrations(client), steps)),
    close: () => pool.end(),
  };
}
