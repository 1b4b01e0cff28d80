import { customType, integer, real, text } from "drizzle-orm/sqlite-core";

/**
 * The words that schema-sqlite.ts is written in; columns-postgres.ts has the same ones for PostgreSQL. A moment is
 * milliseconds since 1970 (UTC), as everywhere in core. JSON is stored as the very text that was written, on both
 * engines: PostgreSQL's own JSON types sort keys and refuse some strings that members can send.
 */
export { check, index, primaryKey, sqliteTable as table, uniqueIndex } from "drizzle-orm/sqlite-core";
export { integer, real, text };

export const moment = () => integer({ mode: "number" });
export const flag = () => integer({ mode: "boolean" });
/** Rises with every row; the primary key. */
export const sequence = () => integer().primaryKey({ autoIncrement: true });

/** JSON `null` is stored as SQL NULL, so that "nothing" is one thing. */
export const json = customType<{ data: unknown; driverData: string | null }>({
  dataType: () => "text",
  toDriver: (value) => (value === null ? null : JSON.stringify(value)),
  fromDriver: (value): unknown => (value === null ? null : JSON.parse(value)),
});
