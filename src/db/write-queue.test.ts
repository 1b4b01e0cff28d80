import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Connection from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Undone } from "./database.ts";
import type { Session } from "./statement.ts";
import { createWriteQueue, type WriteQueue } from "./write-queue.ts";

let folder: string;
let connection: Connection.Database;
let other: Connection.Database;
let queue: WriteQueue;
let statements: string[];

/** The queue hands it through and never looks at it. */
const session: Session = {
  dialect: "sqlite",
  get query(): never {
    throw new Error("no query is built here");
  },
  get tables(): never {
    throw new Error("no table is named here");
  },
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "easel-queue-"));
  const path = join(folder, "test.db");
  statements = [];
  connection = new Connection(path, { verbose: (sql) => statements.push(String(sql)), timeout: 0 });
  connection.pragma("journal_mode = WAL");
  connection.pragma("foreign_keys = ON");
  connection.exec(
    "create table kept (name text primary key); create table child (of text references kept deferrable initially deferred)",
  );
  other = new Connection(path, { timeout: 0 });
  queue = createWriteQueue(connection, session);
});

afterEach(async () => {
  await queue.close();
  connection.close();
  other.close();
  rmSync(folder, { recursive: true });
});

const insert = (name: string) => connection.prepare("insert into kept values (?)").run(name);
const write = (name: string) => queue.write(async () => void insert(name));
/** What another process sees. */
const committed = () =>
  other
    .prepare<[], { name: string }>("select name from kept order by name")
    .all()
    .map(({ name }) => name);
const commits = () => statements.filter((sql) => sql === "COMMIT").length;

describe("the write queue", () => {
  it("commits all that one turn of the event loop brings at once", async () => {
    await Promise.all(["a", "b", "c", "d"].map(write));
    expect(committed()).toEqual(["a", "b", "c", "d"]);
    expect(commits()).toBe(1);
  });

  it("fulfils a promise only after the commit", async () => {
    let seen: string[] = [];
    await write("a").then(() => {
      seen = committed();
    });
    expect(seen).toEqual(["a"]);
  });

  it("rolls back the unit that fails, and only that one", async () => {
    const failing = queue.write(async () => {
      insert("half");
      throw new Error("broken");
    });
    const results = await Promise.allSettled([write("a"), failing, write("b")]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await expect(failing).rejects.toThrow("broken");
    expect(committed()).toEqual(["a", "b"]);
  });

  it("keeps nothing of a unit that undoes itself, and answers it", async () => {
    const undone = queue.write(async () => {
      insert("gone");
      return new Undone("too many");
    });
    expect(await Promise.all([write("a"), undone])).toEqual([undefined, "too many"]);
    expect(committed()).toEqual(["a"]);
  });

  it("runs the units in the order in which they came", async () => {
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((n) => queue.write(async () => void order.push(n))));
    expect(order).toEqual([1, 2, 3]);
  });

  it("rejects every unit of a group that could not be committed, and goes on with the next", async () => {
    const orphan = queue.write(async () => void connection.exec("insert into child values ('nobody')"));
    const results = await Promise.allSettled([write("a"), orphan]);
    for (const result of results) {
      expect(result).toMatchObject({
        status: "rejected",
        reason: { code: "STORE_UNAVAILABLE", outcome: "not-done" },
      });
    }
    expect(committed()).toEqual([]);
    await write("b");
    expect(committed()).toEqual(["b"]);
  });

  it("waits for another process to give back the lock, without holding up this one", async () => {
    other.exec("BEGIN IMMEDIATE");
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
      if (turns === 3) other.exec("COMMIT");
    }, 5);
    await write("a");
    clearInterval(ticking);
    expect(turns).toBeGreaterThanOrEqual(3);
    expect(committed()).toEqual(["a"]);
  });

  it("commits in several groups what would hold up the event loop for long", async () => {
    const slow = (name: string) =>
      queue.write(async () => {
        const until = performance.now() + 12;
        while (performance.now() < until);
        insert(name);
      });
    await Promise.all(["a", "b", "c", "d", "e"].map(slow));
    expect(committed()).toEqual(["a", "b", "c", "d", "e"]);
    expect(commits()).toBeGreaterThan(1);
  });

  it("writes what waits before it closes, and takes nothing after", async () => {
    const last = write("a");
    const closing = queue.close();
    await expect(write("b")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await Promise.all([last, closing]);
    expect(committed()).toEqual(["a"]);
  });
});
