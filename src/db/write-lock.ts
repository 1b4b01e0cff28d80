import { setTimeout as delay } from "node:timers/promises";
import type { Database as Connection } from "better-sqlite3";
import { errorCode } from "./store-error.ts";

/** Another process (a backup, a subcommand) may hold the lock; it is asked for again this often, this long. */
const RETRY_MS = 10;
const PATIENCE_MS = 10_000;

/**
 * Begins a transaction that may write. Always IMMEDIATE: one that begins as a reader and writes later is refused at
 * once when another one wrote in between, whatever the time-out. SQLite itself would wait with the whole process.
 */
export async function takeWriteLock(begin: { run(): unknown }): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    try {
      begin.run();
      return;
    } catch (error) {
      const isLocked = /^SQLITE_(BUSY|LOCKED)/.test(errorCode(error));
      if (!isLocked || performance.now() - startedMs > PATIENCE_MS) throw error;
      await delay(RETRY_MS);
    }
  }
}

export function prepareBegin(connection: Connection): { run(): unknown } {
  return connection.prepare("BEGIN IMMEDIATE");
}
