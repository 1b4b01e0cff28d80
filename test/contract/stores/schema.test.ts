import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Connection from "better-sqlite3";
import { is } from "drizzle-orm";
import { getTableConfig as configOfPostgres, PgTable } from "drizzle-orm/pg-core";
import { getTableConfig as configOfSqlite, SQLiteTable } from "drizzle-orm/sqlite-core";
import { expect, it } from "vitest";
import * as postgres from "../../../src/db/schema-postgres.ts";
import * as sqlite from "../../../src/db/schema-sqlite.ts";
import { openTestDatabase } from "../../support/databases.ts";

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

interface TableConfig {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly notNull: boolean }[];
  readonly indexes: readonly {
    readonly config: { readonly name?: string | undefined; readonly unique?: boolean | undefined };
  }[];
}

/** Columns and indexes as sentences, in a fixed order. */
function describeTables(tables: readonly TableConfig[]): string[] {
  return tables
    .flatMap(({ name, columns, indexes }) => [
      ...columns.map((column) => `${name}.${snake(column.name)} ${column.notNull ? "not null" : "null"}`),
      ...indexes.map(({ config }) => `${config.name} on ${name}${config.unique ? " unique" : ""}`),
    ])
    .sort();
}

const ofSqlite = describeTables(
  Object.values(sqlite).flatMap((table) => (is(table, SQLiteTable) ? [configOfSqlite(table)] : [])),
);
const ofPostgres = describeTables(
  Object.values(postgres).flatMap((table) => (is(table, PgTable) ? [configOfPostgres(table)] : [])),
);

it("the two schemas have the same columns and indexes", () => {
  expect(ofSqlite.length).toBeGreaterThan(100);
  expect(ofSqlite).toEqual(ofPostgres);
});

it("a migrated database is what the schema says", async () => {
  const folder = mkdtempSync(join(tmpdir(), "easel-schema-"));
  const path = join(folder, "schema.db");
  await (await openTestDatabase(`file:${path}`)).close();
  const connection = new Connection(path, { readonly: true });
  const found = connection
    .prepare<[], { fact: string }>(
      `select m.name || '.' || c.name || case when c."notnull" then ' not null' else ' null' end as fact
       from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'
       union all
       select i.name || ' on ' || m.name || case when i."unique" then ' unique' else '' end
       from sqlite_master m, pragma_index_list(m.name) i where m.type = 'table' and i.origin = 'c'`,
    )
    .all()
    .map(({ fact }) => fact)
    .filter((fact) => !fact.startsWith("schema_migrations"))
    .sort();
  connection.close();
  rmSync(folder, { recursive: true });
  expect(found).toEqual(ofSqlite);
});
