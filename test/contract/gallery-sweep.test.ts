import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { claimMedia, FOREIGN_MEDIA } from "../../src/core/gallery/media-owner.ts";
import { createSweep } from "../../src/core/gallery/sweep.ts";
import type { AssetId } from "../../src/core/identifiers.ts";
import type { Log } from "../../src/core/ports/log.ts";
import { noteOnce } from "../../src/db/stores/note-once.ts";
import { createStores } from "../../src/db/stores.ts";
import { openTestDatabase, silentLog } from "../support/databases.ts";
import { member, newEnding, newOrder, started, unique } from "../support/store-fixtures.ts";
import { newPostEnding, postIn } from "./stores/post-fixtures.ts";
import { createManualClock } from "./support/manual-clock.ts";
import { createMemoryMedia } from "./support/memory-media.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const clock = createManualClock();

/** Named as the system names them: made so long ago. */
const name = <Kind extends string>(kind: Kind, ageMs: number): `${Kind}_${string}` => {
  const madeAt = (clock.now() - ageMs).toString(36).padStart(9, "0");
  return `${kind}_${madeAt}${unique().padStart(16, "0")}`;
};

function logged() {
  const errors: string[] = [];
  const log: Log = { ...silentLog, error: (...given: unknown[]) => void errors.push(String(given.at(-1))) };
  return { errors, log };
}

/** A database with its own marks; any of them may stand on any media. */
async function instance({ store, files } = createMemoryMedia()) {
  const database = await openTestDatabase("file::memory:");
  const stores = createStores(database);
  const { errors, log } = logged();
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  const claim = () =>
    claimMedia({
      media: store,
      stores,
      ids: { token: () => unique("token"), digest },
      log,
      noteOnce: (note, value) => noteOnce(database, note, value),
    });
  const put = async (folder: string) => {
    await store.put(`${folder}/${"a".repeat(64)}.png`, new Uint8Array(3), "image/png");
    return folder;
  };
  const asset = async (id: AssetId, isDeleted = false) => {
    const order = newOrder(await member(stores));
    const [first] = order.assets;
    started(await stores.generation.order({ ...order, assets: [{ ...first, id }] }));
    if (!isDeleted) return put(id);
    await stores.generation.cancel(id, newEnding("cancelled"));
    await stores.gallery.remove(id, clock.now());
    return put(id);
  };
  const sweep = createSweep({ media: store, stores, clock, log });
  const folders = () => new Set([...files.keys()].map((key) => key.slice(0, key.indexOf("/"))));
  return { stores, claim, put, asset, sweep, errors, store, files, folders };
}

describe("the sweep", () => {
  it("removes old uploads every hour, however many there are", async () => {
    const { claim, put, sweep, folders } = await instance();
    await claim();
    for (let count = 0; count < 1_300; count += 1) await put(name("upl", DAY_MS + count));
    const young = await put(name("upl", DAY_MS - 1_000));
    const lost = await put(name("gen", 2 * DAY_MS));
    expect(await sweep.uploads()).toBe(1_300);
    expect(folders()).toEqual(new Set(["instance", young, lost]));
  });

  it("removes every night what has no row, and what came for a deleted asset", async () => {
    const { claim, put, asset, sweep, folders } = await instance();
    await claim();
    const kept = [
      await asset(name("gen", 40 * DAY_MS)),
      await put(name("gen", DAY_MS - 1_000)),
      await put("elsewhere"),
    ];
    await put(name("upl", 2 * DAY_MS));
    await put(name("gen", 2 * DAY_MS));
    await asset(name("gen", 40 * DAY_MS), true);
    await asset(name("gen", 1_000), true);
    expect(await sweep.all()).toBe(4);
    expect(folders()).toEqual(new Set(["instance", ...kept]));
  });
});

describe("the files of a deleted asset", () => {
  it("stay while a post needs them, and go in the night after it has ended", async () => {
    const { stores, claim, asset, sweep, folders } = await instance();
    await claim();
    const id = name("gen", 40 * DAY_MS);
    const folder = await asset(id, true);
    const post = await postIn(stores, "waiting", { assetId: id });
    expect([await sweep.all(), folders()]).toEqual([0, new Set(["instance", folder])]);
    await stores.posts.withdraw(post.id, newPostEnding("rejected"));
    expect([await sweep.all(), folders()]).toEqual([1, new Set(["instance"])]);
  });
});

describe("media of another database", () => {
  it("are left alone by a new database on the same store", async () => {
    const media = createMemoryMedia();
    const first = await instance(media);
    await first.claim();
    await first.asset(name("gen", 40 * DAY_MS));
    await first.put(name("upl", 2 * DAY_MS));
    const second = await instance(media);
    await second.claim();
    expect(second.errors).toEqual([FOREIGN_MEDIA]);
    expect([await second.sweep.uploads(), await second.sweep.all()]).toEqual([0, 0]);
    expect(second.errors).toEqual([FOREIGN_MEDIA, FOREIGN_MEDIA]);
    expect(await first.sweep.all()).toBe(1);
    expect(first.errors).toEqual([]);
  });

  it("are recognised where nobody marked them yet, also after the new database put some of its own there", async () => {
    const media = createMemoryMedia();
    const { put } = await instance(media);
    for (let count = 0; count < 9; count += 1) await put(name("gen", 40 * DAY_MS));
    const second = await instance(media);
    await second.claim();
    await second.asset(name("gen", 1_000));
    await second.claim();
    expect(second.errors).toEqual([FOREIGN_MEDIA, FOREIGN_MEDIA]);
    expect(await second.sweep.all()).toBe(0);
    expect(media.files.size).toBe(10);
  });

  it("stop the sweep of both where two stores were put together", async () => {
    const media = createMemoryMedia();
    const first = await instance(media);
    await first.claim();
    const second = await instance();
    await second.claim();
    for (const [key, bytes] of second.files) await media.store.put(key, bytes, "image/png");
    await first.put(name("upl", 2 * DAY_MS));
    expect(await first.sweep.all()).toBe(0);
    expect(first.errors).toEqual([FOREIGN_MEDIA]);
  });
});

describe("the mark of a media store", () => {
  it("is set on what an earlier version left, a few files without a row included", async () => {
    const { claim, asset, put, sweep, errors } = await instance();
    for (let count = 0; count < 10; count += 1) await asset(name("gen", 40 * DAY_MS));
    await put(name("gen", 40 * DAY_MS));
    await claim();
    expect([errors, await sweep.all()]).toEqual([[], 1]);
  });

  it("stays the same from start to start, is set again in an empty store and may be moved like any file", async () => {
    const { claim, files, errors, store, put, sweep } = await instance();
    await claim();
    const [mark = ""] = files.keys();
    await claim();
    expect([...files.keys()]).toEqual([mark]);
    const content = (await store.read(mark)) ?? new Uint8Array();
    expect(mark).toBe(`instance/${createHash("sha256").update(content).digest("hex")}.png`);
    files.clear();
    await put(name("upl", 2 * DAY_MS));
    expect(await sweep.uploads()).toBe(0);
    await claim();
    expect([[...files.keys()].includes(mark), errors, await sweep.uploads()]).toEqual([true, [], 1]);
  });

  it("is one where two processes of a database start at once", async () => {
    const { claim, files, errors } = await instance();
    await Promise.all([claim(), claim()]);
    expect([files.size, errors]).toEqual([1, []]);
  });
});
