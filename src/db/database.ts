import type { Log } from "../core/ports/log.ts";
import type { Dialect, Session } from "./statement.ts";

/** Given back by a unit of work that wrote something and wants none of it to stay; `value` is the caller's answer. */
export class Undone<T> {
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }
}

/** A unit of work: everything in it is committed together or not at all. It may await nothing but statements. */
export type Work<T> = (session: Session) => Promise<T | Undone<T>>;

/**
 * One database, whichever engine it is.
 *
 * @throws AppError STORE_UNAVAILABLE when the engine cannot be reached or cannot write. Other errors are bugs.
 */
export interface Database {
  readonly dialect: Dialect;
  /** Reads what is committed. No snapshot over several statements. */
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** A fulfilled promise means committed (or undone, where the work asked for that). May run the work again. */
  write<T>(work: Work<T>): Promise<T>;
  /** Applies what is missing, under a lock; gives back the names. Refuses a database that newer code has migrated. */
  migrate(now: number): Promise<readonly string[]>;
  /** Takes back the last `steps` migrations; gives back their names. */
  rollback(steps: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** `file:./data/easel.db`, `file::memory:`, or `postgres://…` */
  readonly url: string;
  /** The folder that has `sqlite/` and `postgres/` with the migrations. */
  readonly migrationsFolder: string;
  readonly log: Log;
}

/** The engine's code is loaded only when it is the one in use. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (/^postgres(ql)?:/.test(options.url)) {
    const { openPostgres } = await import("./postgres.ts");
    return openPostgres(options);
  }
  const { openSqlite } = await import("./sqlite.ts");
  return openSqlite(options);
}
