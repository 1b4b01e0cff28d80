import { bigint, bigserial, boolean, customType, doublePrecision } from "drizzle-orm/pg-core";

/** The words that schema-postgres.ts is written in; see columns-sqlite.ts. */
export { check, index, integer, pgTable as table, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";

export const moment = () => bigint({ mode: "number" });
export const real = () => doublePrecision();
export const flag = () => boolean();
export const sequence = () => bigserial({ mode: "number" }).primaryKey();

export const json = customType<{ data: unknown; driverData: string | null }>({
  dataType: () => "text",
  toDriver: (value) => (value === null ? null : JSON.stringify(value)),
  fromDriver: (value): unknown => (value === null ? null : JSON.parse(value)),
});
