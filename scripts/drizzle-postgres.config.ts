import { defineConfig } from "drizzle-kit";

/** `drizzle-kit export --config scripts/drizzle-postgres.config.ts` prints the whole schema as SQL: a draft for migrations. */
export default defineConfig({
  dialect: "postgresql",
  schema: "./src/db/schema-postgres.ts",
  casing: "snake_case",
});
