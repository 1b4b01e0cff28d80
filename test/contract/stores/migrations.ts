import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AssetId } from "../../../src/core/identifiers.ts";
import type { Stores } from "../../../src/core/ports/stores.ts";
import { type Database, openDatabase } from "../../../src/db/database.ts";
import { createStores } from "../../../src/db/stores.ts";
import { migrationsFolder, silentLog } from "../../support/databases.ts";
import { member, NOON, newDelivery, newOrder, started } from "../../support/store-fixtures.ts";
import { accountOf, POST_STATES, postIn, TARGET } from "./post-fixtures.ts";

/** Rows in every table of the posts' own, those that refer to each other included. */
async function fillWithPosts(stores: Stores, assetId: AssetId): Promise<void> {
  const account = await accountOf(stores, "discord:1");
  await stores.accounts.rememberProfile("discord:1", "prf_1", NOON);
  await stores.accounts.grant(account.id, "usr_1", "usr_2", NOON);
  await stores.communities.change("discord:1", { moderators: TARGET }, NOON);
  await stores.captions.add({
    id: "cap_1",
    assetId,
    userId: "usr_1",
    network: null,
    language: "en",
    text: "A fox",
    hashtags: ["#fox"],
    altText: "",
    model: "template",
    createdAt: NOON,
  });
  expect(await stores.captions.byId("cap_1")).not.toBeNull();
  await stores.captions.claim(assetId, NOON, NOON + 1);
  await stores.captions.countCall({
    day: "2026-11-22",
    userId: "usr_1",
    memberLimit: null,
    instanceLimit: null,
  });
  for (const state of POST_STATES) await postIn(stores, state);
}

/** `makeUrl` gives the URL of a new, empty database; `shape` everything that stands in a database's catalogue. */
export function migrationContract(
  makeUrl: () => Promise<string>,
  shape: (url: string) => Promise<readonly string[]>,
): void {
  const open = (url: string, folder = migrationsFolder): Promise<Database> =>
    openDatabase({ url, migrationsFolder: folder, log: silentLog });

  describe("migrations", () => {
    it("go up, all the way down with data in place, and up again to the same shape", async () => {
      const url = await makeUrl();
      const database = await open(url);
      const applied = await database.migrate(NOON);
      expect(applied.length).toBeGreaterThan(0);
      const full = await shape(url);
      expect(full.length).toBeGreaterThan(50);

      const stores = createStores(database);
      const [asset] = started(await stores.generation.order(newOrder(await member(stores), 2)));
      await fillWithPosts(stores, asset?.id ?? "gen_");
      expect(await database.rollback(applied.length)).toEqual([...applied].reverse());
      expect(await shape(url)).toEqual([]);
      expect(await database.migrate(NOON)).toEqual(applied);
      expect(await shape(url)).toEqual(full);
      await database.close();
    });

    it("take captions and posts back alone, whatever is in them, and leave what was there before", async () => {
      const url = await makeUrl();
      const database = await open(url);
      const applied = await database.migrate(NOON);
      const stores = createStores(database);
      const user = await member(stores);
      const [asset] = started(await stores.generation.order(newOrder(user)));
      await fillWithPosts(stores, asset?.id ?? "gen_");
      const [amended, answer] = [newDelivery({ kind: "amend", reply: null }), newDelivery()];
      await stores.deliveries.add([amended, answer]);
      const full = await shape(url);
      const since = applied.slice(applied.indexOf("0003_captions_and_posts"));
      expect(await database.rollback(since.length)).toEqual(since.toReversed());
      expect(await shape(url)).not.toEqual(full);
      expect((await stores.generation.get(asset?.id ?? "gen_"))?.userId).toBe(user.id);
      // The version before knows no amendments.
      expect(await stores.deliveries.get(amended.id)).toBeNull();
      expect((await stores.deliveries.get(answer.id))?.kind).toBe("reply");
      expect(await database.migrate(NOON)).toEqual(since);
      expect(await shape(url)).toEqual(full);
      await fillWithPosts(stores, asset?.id ?? "gen_");
      await database.close();
    });

    it("are applied once, also by several processes that start at once", async () => {
      const url = await makeUrl();
      const databases = await Promise.all([open(url), open(url), open(url)]);
      const applied = [];
      for (const names of await Promise.all(databases.map((database) => database.migrate(NOON))))
        applied.push(...names);
      expect(new Set(applied).size).toBe(applied.length);
      expect(applied.length).toBeGreaterThan(0);
      for (const database of databases) await database.close();
    });

    it("of a newer version are refused, with the reason", async () => {
      const url = await makeUrl();
      const folder = mkdtempSync(join(tmpdir(), "easel-migrations-"));
      cpSync(migrationsFolder, folder, { recursive: true });
      for (const engine of ["sqlite", "postgres"]) {
        writeFileSync(join(folder, engine, "9999_later.sql"), "create table later (id text primary key);");
      }
      const newer = await open(url, folder);
      expect(await newer.migrate(NOON)).toContain("9999_later");
      await newer.close();
      const older = await open(url);
      await expect(older.migrate(NOON)).rejects.toThrow(/newer version.*9999_later/);
      await older.close();
      rmSync(folder, { recursive: true });
    });

    it("that fail leave nothing behind", async () => {
      const url = await makeUrl();
      const folder = mkdtempSync(join(tmpdir(), "easel-migrations-"));
      cpSync(migrationsFolder, folder, { recursive: true });
      for (const engine of ["sqlite", "postgres"]) {
        writeFileSync(
          join(folder, engine, "9999_broken.sql"),
          "create table later (id text); select nonsense from nowhere;",
        );
      }
      const database = await open(url, folder);
      await expect(database.migrate(NOON)).rejects.toThrow();
      await database.close();
      expect(await shape(url)).toEqual([]);
      rmSync(folder, { recursive: true });
    });
  });
}
