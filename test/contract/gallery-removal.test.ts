import { describe, expect, it } from "vitest";
import type { Actor } from "../../src/core/conversation/intents.ts";
import { AppError } from "../../src/core/errors.ts";
import { createGallery } from "../../src/core/gallery/gallery.ts";
import { createMembers } from "../../src/core/usage/members.ts";
import { newDelivery, newEnding } from "../support/store-fixtures.ts";
import { AT_WORK, postIn } from "./stores/post-fixtures.ts";
import { createMemoryMedia } from "./support/memory-media.ts";
import { createPaid, failing, IDS, workBenches } from "./support/work-bench.ts";

const ADA = "discord:7";
const ACTOR: Actor = {
  identity: ADA,
  platform: "discord",
  name: "Ada",
  locale: "en",
  isBot: false,
  isChatIdentity: false,
  context: "private",
  managesCommunity: false,
  governsCommunity: false,
};

describe("a result that its member deletes", () => {
  const bench = workBenches();

  async function shown() {
    const { generator } = createPaid({});
    const { stores, work, clock, order } = await bench({ generators: [generator] });
    const asset = await order();
    const owner = await stores.users.byId(asset.userId);
    if (owner === null) throw new Error("no owner");
    await stores.generation.cancel(asset.id, newEnding("cancelled"));
    const send = async (kind: "result" | "original") => {
      const one = newDelivery({
        kind,
        chatKey: `discord:${kind}`,
        dedupeKey: `${kind}:${asset.id}`,
        assetId: asset.id,
        batchId: asset.batchId,
        reply: null,
      });
      await stores.deliveries.add([one]);
      await stores.deliveries.begin(one.id, "bench", clock.now(), 60_000);
    };
    await send("result");
    const removals = new Set<string>();
    const deliveries: typeof stores.deliveries = {
      ...stores.deliveries,
      async add(added) {
        for (const { kind, dedupeKey } of added) if (kind === "removal") removals.add(dedupeKey);
        await stores.deliveries.add(added);
      },
    };
    const { store, files } = createMemoryMedia();
    await store.put(`${asset.id}/a.png`, new Uint8Array(3), "image/png");
    const members = createMembers({ config: work.config, stores, clock, ids: IDS });
    const open = (remove = store.remove) =>
      createGallery({ stores: { ...stores, deliveries }, members, media: { ...store, remove }, work });
    return { stores, asset, owner, files, store, open, removals, send };
  }

  it("goes from its chats even while the files cannot be removed, and the next try goes on", async () => {
    const { asset, owner, files, store, open, removals } = await shown();
    const gallery = open(failing(store.remove, 1));
    await expect(gallery.remove(ACTOR, owner, asset.handle)).rejects.toBeInstanceOf(AppError);
    expect(removals.size).toBe(1);
    expect((await gallery.list(owner.id, {})).total).toBe(1);
    expect(await gallery.find(owner.id, asset.id)).not.toBeNull();
    expect(await gallery.remove(ACTOR, owner, asset.handle)).toMatchObject({ status: "done" });
    expect([...files.keys()]).toEqual([]);
    expect(removals.size).toBe(1);
    expect(await gallery.find(owner.id, asset.id)).toBeNull();
  });

  it("is gone once: later it is not found", async () => {
    const { asset, owner, open } = await shown();
    const gallery = open();
    expect(await gallery.remove(ACTOR, owner, asset.handle)).toMatchObject({ status: "done" });
    expect(await gallery.remove(ACTOR, owner, asset.handle)).toEqual({ status: "not-found" });
  });

  it("is done for both when it is pressed twice at once", async () => {
    const { asset, owner, open, removals } = await shown();
    const gallery = open();
    const both = await Promise.all([1, 2].map(() => gallery.remove(ACTOR, owner, asset.handle)));
    expect(both.map(({ status }) => status)).toEqual(["done", "done"]);
    expect(removals.size).toBe(1);
  });

  it("takes away what was sent while it was being deleted", async () => {
    const { asset, owner, open, removals, store, send } = await shown();
    const gallery = open(async (prefix) => {
      await send("original");
      await store.remove(prefix);
    });
    await gallery.remove(ACTOR, owner, asset.handle);
    expect(removals.size).toBe(2);
  });

  it("takes its captions with it, also one that was written meanwhile", async () => {
    const { stores, asset, owner, store, open } = await shown();
    const write = (id: "cap_1" | "cap_2") =>
      stores.captions.add({
        id,
        assetId: asset.id,
        userId: owner.id,
        network: null,
        language: "en",
        text: "The first snow",
        hashtags: [],
        altText: "A fox",
        model: "member",
        createdAt: 0,
      });
    await write("cap_1");
    const gallery = open(async (prefix) => {
      await write("cap_2");
      await store.remove(prefix);
    });
    await gallery.remove(ACTOR, owner, asset.handle);
    expect(await stores.captions.latest(asset.id)).toBeNull();
  });

  it.each(["waiting", ...AT_WORK] as const)(
    "leaves its file to a post that is %s, and says so",
    async (state) => {
      const { stores, asset, owner, files, open } = await shown();
      const post = await postIn(stores, state, { assetId: asset.id, userId: owner.id });
      const gallery = open();
      const told = await gallery.removable(ACTOR, owner, asset.handle);
      expect(told).toMatchObject({ status: "ok", posts: [{ id: post.id, state }] });
      const done = await gallery.remove(ACTOR, owner, asset.handle);
      expect(done).toMatchObject({ status: "done", posts: [{ id: post.id, state }] });
      expect([files.size, await gallery.find(owner.id, asset.id)]).toEqual([1, null]);
    },
  );

  it.each(["published", "failed", "cancelled", "rejected"] as const)(
    "keeps nothing for a post that is %s",
    async (state) => {
      const { stores, asset, owner, files, open } = await shown();
      await postIn(stores, state, { assetId: asset.id, userId: owner.id });
      expect(await open().remove(ACTOR, owner, asset.handle)).toMatchObject({ status: "done", posts: [] });
      expect(files.size).toBe(0);
    },
  );
});
