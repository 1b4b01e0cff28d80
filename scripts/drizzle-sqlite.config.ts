import { defineConfig } from "drizzle-kit";

/** `drizzle-kit export --config scripts/drizzle-sqlite.config.ts` prints the whole schema as SQL: a draft for migrations. */
export default defineConfig({ dialect: "sqlite", schema: "./src/db/schema-sqlite.ts", casing: "snake_case" });
