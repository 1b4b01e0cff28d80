import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Connection from "better-sqlite3";
import { afterAll, describe } from "vitest";
import { openTestDatabase } from "../../support/databases.ts";
import { unique } from "../../support/store-fixtures.ts";
import { storesContract } from "./index.ts";
import { migrationContract } from "./migrations.ts";

const folder = mkdtempSync(join(tmpdir(), "easel-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the stores on SQLite", () => {
  const newUrl = () => `file:${join(folder, `${unique("db")}.db`)}`;
  storesContract(() => openTestDatabase(newUrl()), { modelRuns: 100 });
  migrationContract(
    async () => newUrl(),
    async (url) => shapeOf(url.slice("file:".length)),
  );
});

describe("the stores on SQLite in memory", () => {
  storesContract(() => openTestDatabase("file::memory:"), { modelRuns: 20 });
});

function shapeOf(path: string): string[] {
  const connection = new Connection(path, { readonly: true });
  const objects = connection
    .prepare<[], { name: string; sql: string | null }>(
      "select name, sql from sqlite_master where name not like 'sqlite_%' and name <> 'schema_migrations' order by name",
    )
    .all();
  const columns = connection
    .prepare<[], { shape: string }>(
      `select m.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" as shape
       from sqlite_master m, pragma_table_info(m.name) c
       where m.type = 'table' and m.name not like 'sqlite_%' and m.name <> 'schema_migrations' order by 1`,
    )
    .all();
  connection.close();
  return [...objects.map(({ name, sql }) => `${name}: ${sql ?? ""}`), ...columns.map(({ shape }) => shape)];
}
