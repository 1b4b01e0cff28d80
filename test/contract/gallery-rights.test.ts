import { describe, expect, it } from "vitest";
import type { Actor } from "../../src/core/conversation/intents.ts";
import { createGallery } from "../../src/core/gallery/gallery.ts";
import { createMembers } from "../../src/core/usage/members.ts";
import { member, newDelivery, newEnding, newOrder, started } from "../support/store-fixtures.ts";
import { createMemoryMedia } from "./support/memory-media.ts";
import { IDS, workBenches } from "./support/work-bench.ts";

const HERE = "telegram:-1001";

const manager = (community: string): Actor => ({
  identity: "telegram:99",
  platform: "telegram",
  name: "Mo",
  locale: "en",
  isBot: false,
  isChatIdentity: false,
  context: "group",
  community,
  managesCommunity: true,
  governsCommunity: true,
});

describe("media that stands in a community", () => {
  const bench = workBenches();

  async function standing(community: string | undefined) {
    const { stores, work, clock } = await bench({ generators: [] });
    const owner = await member(stores, "telegram:1");
    const order = newOrder(owner);
    const target = { ...order.status.target, ...(community === undefined ? {} : { community }) };
    const status = newDelivery({ ...order.status, target });
    const [asset] = started(await stores.generation.order({ ...order, status }));
    if (asset === undefined) throw new Error("an order gave no asset");
    await stores.generation.cancel(asset.id, newEnding("cancelled"));
    const members = createMembers({ config: work.config, stores, clock, ids: IDS });
    const gallery = createGallery({ stores, members, media: createMemoryMedia().store, work });
    const other = await member(stores, "telegram:99");
    return { remove: (actor: Actor) => gallery.remove(actor, other, asset.handle) };
  }

  it("may be deleted by a manager of that community", async () => {
    const { remove } = await standing(HERE);
    expect(await remove(manager(HERE))).toMatchObject({ status: "done" });
  });

  it("is safe from a manager of another one who knows its handle", async () => {
    const { remove } = await standing(HERE);
    expect(await remove(manager("telegram:-1002"))).toEqual({ status: "not-allowed" });
  });

  it("is safe from every manager where it stands in no community", async () => {
    const { remove } = await standing(undefined);
    expect(await remove(manager(HERE))).toEqual({ status: "not-allowed" });
  });

  it("is safe from members who manage nothing", async () => {
    const { remove } = await standing(HERE);
    expect(await remove({ ...manager(HERE), managesCommunity: false })).toEqual({ status: "not-allowed" });
  });
});
