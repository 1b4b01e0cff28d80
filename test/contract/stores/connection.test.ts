import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStores } from "../../../src/db/stores.ts";
import { openTestDatabase } from "../../support/databases.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres-server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describe("a connection to PostgreSQL that is cut in the middle of a transaction", () => {
  it("fails that unit of work alone, and the process goes on", async () => {
    const url = await server.createDatabase();
    const database = await openTestDatabase(url);
    const operator = new pg.Client({ connectionString: url });
    await operator.connect();
    try {
      const { notes } = createStores(database);
      const work = database.write(async () => {
        await operator.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'easel' and state = 'idle in transaction'",
        );
        // The news of it comes while no statement waits for an answer.
        await new Promise((resolve) => setTimeout(resolve, 50));
        return "done";
      });
      await expect(work).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      await notes.set("after", "fine");
      expect(await notes.get("after")).toBe("fine");
    } finally {
      await operator.end();
      await database.close();
    }
  });
});
