import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../core/errors.ts";

/** How one engine runs migrations: numbered SQL files, each with its way back (`0001_initial.down.sql`). */
export interface MigrationTarget {
  readonly folder: string;
  /** One transaction that no other process can be in at the same time. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  script(sql: string): Promise<void>;
  /** The column `name` of a query's rows. */
  names(sql: string): Promise<readonly string[]>;
}

const RECORD_TABLE =
  "create table if not exists schema_migrations (name text primary key, applied_at bigint not null)";
const RECORDED = "select name from schema_migrations order by name";
const FILE = /^(\d{4}_[a-z0-9_]+)\.sql$/;

/** Applies what is missing, all or nothing; gives back the names. */
export function applyMigrations(target: MigrationTarget, now: number): Promise<readonly string[]> {
  return target.exclusively(async () => {
    await target.script(RECORD_TABLE);
    const applied = await target.names(RECORDED);
    const known = migrationNames(target.folder);
    const foreign = applied.find((name) => !known.includes(name));
    if (foreign !== undefined) {
      throw new AppError(
        "STORE_UNAVAILABLE",
        `the database was migrated by a newer version of Easel (${foreign} is not known here): update Easel, or roll back with that version`,
      );
    }
    const missing = known.filter((name) => !applied.includes(name));
    for (const name of missing) {
      await target.script(readFileSync(join(target.folder, `${name}.sql`), "utf8"));
      await target.script(
        `insert into schema_migrations (name, applied_at) values ('${name}', ${Math.trunc(now)})`,
      );
    }
    return missing;
  });
}

/** Takes back the last `steps`, newest first, all or nothing; gives back the names. */
export function takeBackMigrations(target: MigrationTarget, steps: number): Promise<readonly string[]> {
  return target.exclusively(async () => {
    await target.script(RECORD_TABLE);
    const applied = await target.names(RECORDED);
    const last = applied.slice(Math.max(0, applied.length - steps)).reverse();
    for (const name of last) {
      await target.script(readFileSync(join(target.folder, `${name}.down.sql`), "utf8"));
      await target.script(`delete from schema_migrations where name = '${name}'`);
    }
    return last;
  });
}

function migrationNames(folder: string): string[] {
  return readdirSync(folder)
    .flatMap((file) => FILE.exec(file)?.[1] ?? [])
    .sort();
}
