import { fileURLToPath } from "node:url";
import type { Log } from "../../src/core/ports/log.ts";
import type { Stores } from "../../src/core/ports/stores.ts";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { createStores } from "../../src/db/stores.ts";

export const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

/** A migrated database at `url`. */
export async function openTestDatabase(url: string): Promise<Database> {
  const database = await openDatabase({ url, migrationsFolder, log: silentLog });
  await database.migrate(0);
  return database;
}

/** The real stores on SQLite in memory, for tests of core: nothing to clean up but `close`. */
export async function createTestStores(): Promise<{ stores: Stores; close(): Promise<void> }> {
  const database = await openTestDatabase("file::memory:");
  return { stores: createStores(database), close: () => database.close() };
}
