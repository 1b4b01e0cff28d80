import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import Connection from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { AppError } from "../core/errors.ts";
import type { Database, DatabaseOptions } from "./database.ts";
import { applyMigrations, type MigrationTarget, takeBackMigrations } from "./migrations.ts";
import * as tables from "./schema-sqlite.ts";
import type { Session } from "./statement.ts";
import { storeError } from "./store-error.ts";
import { prepareBegin, takeWriteLock } from "./write-lock.ts";
import { createWriteQueue } from "./write-queue.ts";

const MEMORY = ":memory:";

/** How long a statement may block this process while another one holds the file; the write lock is asked for again. */
const BUSY_MS = 100;
/** The same while it starts: turning to WAL needs the file for itself. */
const OPENING_BUSY_MS = 5_000;

/**
 * SQLite in WAL mode with `synchronous=FULL`: a commit survives a power cut. Reads go to a second, read-only
 * connection, which sees committed data only and never waits for the writer. A database in memory has one
 * connection; there reads wait for the group of writes that is under way.
 */
export function openSqlite({ url, migrationsFolder, log }: DatabaseOptions): Database {
  const path = url.replace(/^(file|sqlite):(\/\/)?/, "");
  const writer = open(path, false);
  const session = sessionOn(writer);
  const queue = createWriteQueue(writer, session);
  let reader: { connection: Connection.Database; session: Session } | null = null;

  function readerSession(): Session {
    if (path === MEMORY) return session;
    if (reader === null) {
      const connection = open(path, true);
      reader = { connection, session: sessionOn(connection) };
    }
    return reader.session;
  }

  const migrations: MigrationTarget = {
    folder: join(migrationsFolder, "sqlite"),
    async exclusively(work) {
      await takeWriteLock(prepareBegin(writer));
      try {
        const result = await work();
        writer.exec("COMMIT");
        return result;
      } catch (error) {
        if (writer.inTransaction) writer.exec("ROLLBACK");
        throw storeError(error);
      }
    },
    script: async (sql) => void writer.exec(sql),
    names: async (sql) =>
      writer
        .prepare<[], { name: string }>(sql)
        .all()
        .map(({ name }) => name),
  };

  return {
    dialect: "sqlite",
    async read(work) {
      if (path === MEMORY) await queue.settled();
      try {
        return await work(readerSession());
      } catch (error) {
        throw storeError(error);
      }
    },
    write: (work) => queue.write(work),
    migrate: (now) => applyMigrations(migrations, now),
    rollback: (steps) => takeBackMigrations(migrations, steps),
    async close() {
      await queue.close();
      reader?.connection.close();
      writer.close();
      log.debug("database closed", { component: "db" });
    },
  };
}

function open(path: string, readonly: boolean): Connection.Database {
  try {
    if (path !== MEMORY && !readonly) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const connection = new Connection(path, { readonly, timeout: OPENING_BUSY_MS });
    if (!readonly) {
      connection.pragma("journal_mode = WAL");
      connection.pragma("synchronous = FULL");
      connection.pragma("foreign_keys = ON");
    }
    connection.pragma("temp_store = MEMORY");
    connection.pragma(`busy_timeout = ${BUSY_MS}`);
    return connection;
  } catch (error) {
    throw new AppError("STORE_UNAVAILABLE", "the database file cannot be opened", { cause: error });
  }
}

function sessionOn(connection: Connection.Database): Session {
  const sqlite = { query: drizzle({ client: connection, casing: "snake_case" }), tables };
  if (!passesForPostgres(sqlite)) throw new AppError("INTERNAL", "drizzle's query builder has changed");
  return { dialect: "sqlite", ...sqlite };
}

/**
 * The one place where SQLite's tables and query builder pass for PostgreSQL's. What makes it sound: the rows of both
 * schemas are the same types (schema.ts does not compile otherwise), both builders have the methods of `Query`, and
 * the contract suites of the stores run every statement on both engines.
 */
function passesForPostgres(sqlite: {
  query: { select: unknown; insert: unknown; update: unknown; delete: unknown };
  tables: object;
}): sqlite is Pick<Session, "query" | "tables"> {
  const { select, insert, update, delete: remove } = sqlite.query;
  return [select, insert, update, remove].every((method) => typeof method === "function");
}
