import { describe, expect, it } from "vitest";
import type { Actor } from "../../src/core/conversation/intents.ts";
import { AppError } from "../../src/core/errors.ts";
import { createGallery } from "../../src/core/gallery/gallery.ts";
import { createMembers } from "../../src/core/usage/members.ts";
import { newDelivery, newEnding } from "../support/store-fixtures.ts";
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
    return { asset, owner, files, store, open, removals, send };
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
});
