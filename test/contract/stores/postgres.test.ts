import { afterAll, beforeAll, describe } from "vitest";
import { openTestDatabase } from "../../support/databases.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres-server.ts";
import { storesContract } from "./index.ts";

let server: PostgresServer;
let migrated: string;
beforeAll(async () => {
  server = await startPostgres();
  migrated = await server.createDatabase();
  await (await openTestDatabase(migrated)).close();
});
afterAll(() => server.stop());

describe("the stores on PostgreSQL", () => {
  storesContract(async () => openTestDatabase(await server.createDatabase(migrated)));
});
