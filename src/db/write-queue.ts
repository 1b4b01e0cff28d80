import type { Database as Connection } from "better-sqlite3";
import { AppError } from "../core/errors.ts";
import { Undone, type Work } from "./database.ts";
import type { Session } from "./statement.ts";
import { storeError, unavailable } from "./store-error.ts";
import { prepareBegin, takeWriteLock } from "./write-lock.ts";

/** Longest time that one group of units may hold up the event loop before it is committed. */
const GROUP_MS = 20;
interface Unit {
  /** Runs the work. The answer says whether its writes stay, and how to fulfil the caller's promise. */
  run(): Promise<{ readonly keep: boolean; readonly fulfil: () => void }>;
  reject(error: unknown): void;
}

/** What is in the transaction now, and the promises that its commit fulfils. */
interface Group {
  begun: Unit[];
  fulfils: (() => void)[];
}

export interface WriteQueue {
  write<T>(work: Work<T>): Promise<T>;
  /** Fulfilled when no group is being written: for readers that share the connection. */
  settled(): Promise<void>;
  /** Writes what waits, then takes no more. */
  close(): Promise<void>;
}

/**
 * Writes to SQLite: one fsync for all units of work that one turn of the event loop brings.
 *
 * They share a BEGIN IMMEDIATE. When one of them fails or undoes itself, all of it is rolled back and run again with
 * a SAVEPOINT each, so that the others stay: savepoints cost a third of the time, and nearly every group does without.
 * Promises are settled only after the COMMIT. better-sqlite3 is synchronous: units await nothing but statements that
 * are done at once, so a group is over before any other event is handled.
 */
export function createWriteQueue(connection: Connection, session: Session): WriteQueue {
  const begin = prepareBegin(connection);
  const commit = connection.prepare("COMMIT");
  const rollback = connection.prepare("ROLLBACK");
  const savepoint = connection.prepare("SAVEPOINT unit");
  const release = connection.prepare("RELEASE unit");
  const rollbackToSavepoint = connection.prepare("ROLLBACK TO unit");

  let waiting: Unit[] = [];
  let running: Promise<void> | null = null;
  let closed = false;

  function schedule(): void {
    if (running !== null) return;
    running = new Promise<void>((resolve) => setImmediate(resolve)).then(writeGroup).then(() => {
      running = null;
      if (waiting.length > 0) schedule();
    });
  }

  async function writeGroup(): Promise<void> {
    try {
      await takeWriteLock(begin);
    } catch (error) {
      for (const unit of waiting.splice(0)) unit.reject(storeError(error));
      return;
    }
    const group: Group = { begun: [], fulfils: [] };
    try {
      if (!(await writeUnits(group, false))) {
        if (connection.inTransaction) rollback.run();
        await takeWriteLock(begin);
        await writeUnits(group, true);
      }
      commit.run();
    } catch (error) {
      if (connection.inTransaction) rollback.run();
      // Whatever went wrong, it was not every unit's fault. One that has its answer already keeps it.
      for (const unit of group.begun) unit.reject(unavailable(error));
      return;
    } finally {
      waiting = waiting.slice(group.begun.length);
    }
    for (const fulfil of group.fulfils) fulfil();
  }

  /**
   * Runs what waits, or as much as there is time for. False: one of them is not to stay, and they were not `apart`.
   * Throws only where the whole transaction is lost.
   */
  async function writeUnits(group: Group, apart: boolean): Promise<boolean> {
    group.begun = [];
    group.fulfils = [];
    const startedMs = performance.now();
    while (group.begun.length === 0 || performance.now() - startedMs < GROUP_MS) {
      const unit = waiting[group.begun.length];
      if (unit === undefined) break;
      group.begun.push(unit);
      if (apart) savepoint.run();
      try {
        const { keep, fulfil } = await unit.run();
        if (!keep && !apart) return false;
        if (!keep) rollbackToSavepoint.run();
        if (apart) release.run();
        group.fulfils.push(fulfil);
      } catch (error) {
        if (!apart) return false;
        // A disk that is full or failing makes SQLite roll back everything by itself.
        if (!connection.inTransaction) throw error;
        rollbackToSavepoint.run();
        release.run();
        unit.reject(storeError(error));
      }
    }
    return true;
  }

  return {
    write<T>(work: Work<T>): Promise<T> {
      if (closed) return Promise.reject(new AppError("STORE_UNAVAILABLE", "the database is closed"));
      return new Promise<T>((resolve, reject) => {
        waiting.push({
          async run() {
            const result = await work(session);
            return result instanceof Undone
              ? { keep: false, fulfil: () => resolve(result.value) }
              : { keep: true, fulfil: () => resolve(result) };
          },
          reject,
        });
        schedule();
      });
    },
    async settled() {
      while (connection.inTransaction && running !== null) await running;
    },
    async close() {
      closed = true;
      while (running !== null) await running;
    },
  };
}
