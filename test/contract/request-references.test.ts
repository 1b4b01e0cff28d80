/** A request with pictures: what is kept, what is charged, and whose pictures may be used. */
import { afterEach, describe, expect, it } from "vitest";
import type { Ask } from "../../src/core/generation/ask.ts";
import { createOffers } from "../../src/core/generation/offers.ts";
import type { ReferenceSource } from "../../src/core/generation/reference.ts";
import { createReferences } from "../../src/core/generation/references.ts";
import { createRequestMedia } from "../../src/core/generation/request.ts";
import type { Generator } from "../../src/core/ports/generator.ts";
import type { MediaStore, ReferenceIntake, StoredReference } from "../../src/core/ports/media.ts";
import { createSignals } from "../../src/core/ports/signals.ts";
import { createMembers } from "../../src/core/usage/members.ts";
import type { Database } from "../../src/db/database.ts";
import { createStores } from "../../src/db/stores.ts";
import { createIds } from "../../src/system.ts";
import { openTestDatabase, silentLog } from "../support/databases.ts";
import { NOON, unique } from "../support/store-fixtures.ts";

const databases: Database[] = [];
afterEach(async () => {
  for (const database of databases.splice(0)) await database.close();
});

const CONFIG = {
  freeMonthlyLimit: 2,
  dailyGenerationCap: 0,
  captionDailyLimit: 0,
  captionDailyCap: 0,
  concurrentFree: 5,
  concurrentPro: 5,
  pollIntervalMs: 30_000,
  generationTimeoutMs: 1_200_000,
  adminIds: [],
};

async function setUp() {
  const database = await openTestDatabase("file::memory:");
  databases.push(database);
  const stores = createStores(database);
  let now = NOON;
  const clock = { now: () => now, monotonicMs: () => now, sleep: () => Promise.resolve() };
  const ids = createIds(Buffer.alloc(32));
  const files = new Map<string, Uint8Array>();
  const media: MediaStore = {
    put: async (key, bytes) => void files.set(key, bytes),
    read: async (key) => files.get(key) ?? null,
    stream: async () => null,
    remove: async (prefix) => {
      for (const key of files.keys()) if (key.startsWith(`${prefix}/`)) files.delete(key);
    },
    async *keys(start) {
      for (const key of files.keys()) if (key.startsWith(start)) yield key;
    },
  };
  const fetched: string[] = [];
  const store = (prefix: string, role: StoredReference["role"], bytes: Uint8Array) => {
    const reference: StoredReference = {
      key: `${prefix}/${Buffer.from(bytes).toString("hex")}.png`,
      contentType: "image/png",
      sizeBytes: bytes.length,
      width: 900,
      height: 1600,
      durationMs: null,
      sha256: Buffer.from(bytes).toString("hex"),
      role,
    };
    files.set(reference.key, bytes);
    return { status: "stored", reference } as const;
  };
  const intake: ReferenceIntake = {
    fromUrl: async (prefix, role, url) => {
      fetched.push(url);
      return url.includes("bad")
        ? { status: "refused", why: "not-allowed", detail: "scripted" }
        : store(prefix, role, Buffer.from(url.slice(-4)));
    },
    fromBytes: async (prefix, role, bytes) => store(prefix, role, bytes),
  };
  const generator: Generator = {
    serviceName: "Test",
    models: [
      {
        id: "edit",
        label: "Edit",
        kind: "image",
        aspects: ["1:1", "9:16", "16:9"],
        maxReferences: 4,
        takesMask: true,
        costDollars: null,
        paid: true,
        repeatable: false,
        typicalMs: 1,
        startTimeoutMs: 1,
        sketch: false,
      },
    ],
    budget: { creates: { count: 1, perMs: 1 }, reads: { count: 1, perMs: 1 }, concurrency: 1 },
    resultHosts: { suffixes: [], trustedOrigins: [] },
    start: () => Promise.reject(new Error("not called")),
    poll: () => Promise.reject(new Error("not called")),
  };
  const references = createReferences({
    intake,
    media,
    stores,
    clock,
    ids,
    log: silentLog,
    messenger: () => null,
  });
  const members = createMembers({ config: CONFIG, stores, clock, ids });
  const request = createRequestMedia({
    config: CONFIG,
    offers: createOffers([generator]),
    members,
    stores,
    references,
    media,
    signals: createSignals(),
    clock,
    ids,
    log: silentLog,
  });
  const ask = (who: string, changes: Partial<Ask> & { references?: readonly ReferenceSource[] } = {}) =>
    request({
      inboxKey: unique("key"),
      actor: {
        identity: `discord:${who}`,
        platform: "discord",
        name: who,
        locale: "en",
        isBot: false,
        isChatIdentity: false,
        context: "private",
        managesCommunity: false,
        governsCommunity: false,
      },
      target: { platform: "discord", chatKey: "discord:1", place: {}, private: false },
      prompt: "make it night",
      ...changes,
    });
  const userOf = async (who: string) => {
    const user = await stores.users.byIdentity(`discord:${who}`);
    if (!user) throw new Error("unknown");
    return user;
  };
  const usedBy = async (who: string) => (await stores.users.balance((await userOf(who)).id, "2026-11")).used;
  const pass = (delayMs: number) => {
    now += delayMs;
  };
  return { ask, files, fetched, stores, references, userOf, usedBy, media, pass };
}

const link = (url: string): ReferenceSource => ({ kind: "url", role: "picture", url });

describe("a request with pictures", () => {
  it("keeps its own copies for every one of its assets, in the picture's own ratio", async () => {
    const { ask, files, fetched, usedBy } = await setUp();
    const result = await ask("ada", {
      count: 2,
      references: [link("https://a.test/1111"), link("https://a.test/2222")],
    });
    if (result.status !== "started") return expect.unreachable(result.status);
    for (const asset of result.assets) {
      expect(asset.references.map(({ key }) => key.split("/")[0])).toEqual([asset.id, asset.id]);
      for (const { key } of asset.references) expect(files.has(key)).toBe(true);
      expect(asset.aspect).toBe("9:16");
    }
    expect(fetched).toEqual(["https://a.test/1111", "https://a.test/2222"]);
    expect(await usedBy("ada")).toBe(2);
  });

  it("keeps the aspect that was named", async () => {
    const { ask } = await setUp();
    const result = await ask("ada", { aspect: "16:9", references: [link("https://a.test/1111")] });
    expect(result).toMatchObject({ status: "started", assets: [{ aspect: "16:9" }] });
  });

  it("costs nothing and keeps nothing when one of them cannot be used", async () => {
    const { ask, files, usedBy } = await setUp();
    const result = await ask("ada", {
      references: [link("https://a.test/1111"), link("https://bad.test/x")],
    });
    expect(result).toMatchObject({
      status: "invalid",
      problems: [{ field: "referenceImageUrl", message: "reference-not-allowed" }],
    });
    expect([...files.keys()]).toEqual([]);
    expect(await usedBy("ada")).toBe(0);
  });

  it("fetches nothing when something else is wrong with it", async () => {
    const { ask, fetched } = await setUp();
    expect(await ask("ada", { count: 9, references: [link("https://a.test/1111")] })).toMatchObject({
      status: "invalid",
    });
    expect(fetched).toEqual([]);
  });

  it("fetches and keeps nothing when the allowance is used up", async () => {
    const { ask, files, fetched } = await setUp();
    await ask("ada", { count: 2, prompt: "a fox in the snow" });
    expect(await ask("ada", { references: [link("https://a.test/1111")] })).toMatchObject({
      status: "limit",
    });
    expect([fetched, [...files.keys()]]).toEqual([[], []]);
  });

  it("refuses a mask without the picture that it is for", async () => {
    const { ask, usedBy } = await setUp();
    const result = await ask("ada", { references: [{ kind: "url", role: "mask", url: "https://a.test/1" }] });
    expect(result).toMatchObject({ status: "invalid", problems: [{ message: "mask-needs-picture" }] });
    expect(await usedBy("ada")).toBe(0);
  });

  it("may be asked for again with copies of the same pictures, by its owner alone", async () => {
    const { ask, files } = await setUp();
    const first = await ask("ada", { references: [link("https://a.test/1111")] });
    if (first.status !== "started") return expect.unreachable(first.status);
    const [asset] = first.assets;
    const same: ReferenceSource = {
      kind: "reference-of",
      role: "picture",
      id: asset?.id ?? "gen_",
      index: 0,
    };
    const beyond = await ask("ada", { references: [{ ...same, index: 7 }] });
    expect(beyond).toMatchObject({ status: "invalid", problems: [{ message: "reference-gone" }] });
    const again = await ask("ada", { references: [same] });
    if (again.status !== "started") return expect.unreachable(again.status);
    expect(again.assets[0]?.references[0]?.key).not.toBe(asset?.references[0]?.key);
    expect(files.size).toBe(2);
    const stolen = await ask("eve", { references: [same] });
    expect(stolen).toMatchObject({ status: "invalid", problems: [{ message: "reference-gone" }] });
  });

  it("may use what its member has handed in before, for a day, and nobody else's", async () => {
    const { ask, references, userOf, pass } = await setUp();
    await ask("ada", { prompt: "x" });
    await ask("eve", { prompt: "x" });
    const kept = await references.upload((await userOf("ada")).id, "picture", Buffer.from("abcd"));
    if (kept.status !== "kept") return expect.unreachable(kept.status);
    const upload: ReferenceSource = { kind: "upload", role: "picture", id: kept.id };
    expect(await ask("eve", { references: [upload] })).toMatchObject({
      problems: [{ message: "reference-gone" }],
    });
    expect(await ask("ada", { references: [upload] })).toMatchObject({ status: "started" });
    pass(25 * 3_600_000);
    expect(await ask("ada", { references: [upload] })).toMatchObject({
      problems: [{ message: "reference-gone" }],
    });
  });

  it("carries a mask apart from the pictures", async () => {
    const { ask, references } = await setUp();
    const mask: ReferenceSource = { kind: "url", role: "mask", url: "https://a.test/mask" };
    const result = await ask("ada", { references: [link("https://a.test/1111"), mask] });
    if (result.status !== "started") return expect.unreachable(result.status);
    const [asset] = result.assets;
    if (!asset) return expect.unreachable();
    const loaded = await references.load(asset);
    expect(loaded?.references).toHaveLength(1);
    expect(Buffer.from(loaded?.mask?.bytes ?? []).toString()).toBe("mask");
  });

  it("says so when a file of it is not there any more", async () => {
    const { ask, references, media } = await setUp();
    const result = await ask("ada", { references: [link("https://a.test/1111")] });
    if (result.status !== "started" || !result.assets[0]) return expect.unreachable(result.status);
    await media.remove(result.assets[0].id);
    expect(await references.load(result.assets[0])).toBeNull();
  });
});
