import { fileURLToPath } from "node:url";
import type { Log } from "../../src/core/ports/log.ts";
import { type Database, openDatabase } from "../../src/db/database.ts";

export const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

/** A migrated database at `url`; `file::memory:` needs nothing but `close`. */
export async function openTestDatabase(url: string): Promise<Database> {
  const database = await openDatabase({ url, migrationsFolder, log: silentLog });
  await database.migrate(0);
  return database;
}
