import { describe, expect, it } from "vitest";
import { assetIn, member, NOON, newEnding, newOrder, started, unique } from "../../support/store-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

export function galleryStoreContract(make: MakeDatabase): void {
  describe("the gallery", () => {
    const open = openWith(make);
    const all = { search: null, favouritesOnly: false, limit: 50, offset: 0 };

    it("has a member's own media, newest first, in pages", async () => {
      const { stores } = await open();
      const [ada, bo] = [await member(stores), await member(stores)];
      const ids = [];
      for (const age of [3, 1, 2]) {
        const order = newOrder(ada, 1, { now: NOON - age });
        ids.push(started(await stores.generation.order(order))[0]?.id);
      }
      await stores.generation.order(newOrder(bo));
      const list = async (limit: number, offset: number) => {
        const { assets, total } = await stores.gallery.list({ ...all, userId: ada.id, limit, offset });
        return [assets.map(({ id }) => id), total];
      };
      expect(await list(2, 0)).toEqual([[ids[1], ids[2]], 3]);
      expect(await list(2, 2)).toEqual([[ids[0]], 3]);
    });

    it("is searched without regard to case, and with every character as it is", async () => {
      const { stores } = await open();
      const user = await member(stores);
      for (const prompt of ["Ein ÜBER-Fuchs im Schnee", "100% pure_gold! yes", "plain words here"]) {
        await stores.generation.order(newOrder(user, 1, { prompt }));
      }
      const find = async (search: string) =>
        (await stores.gallery.list({ ...all, userId: user.id, search })).assets.map(({ prompt }) => prompt);
      expect(await find("über-FUCHS")).toEqual(["Ein ÜBER-Fuchs im Schnee"]);
      expect(await find("0% p")).toEqual(["100% pure_gold! yes"]);
      expect(await find("e_g")).toEqual(["100% pure_gold! yes"]);
      expect(await find("d! y")).toEqual(["100% pure_gold! yes"]);
      expect(await find("%")).toHaveLength(1);
      expect(await find("a\0")).toHaveLength(1);
    });

    it("has favourites", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const [first] = started(await stores.generation.order(newOrder(user, 3)));
      if (first === undefined) return expect.unreachable();
      expect(await stores.gallery.setFavourite(first.id, true)).toBe(true);
      const favourites = { ...all, userId: user.id, favouritesOnly: true };
      expect((await stores.gallery.list(favourites)).assets).toEqual([{ ...first, favourite: true }]);
      await stores.gallery.setFavourite(first.id, false);
      expect((await stores.gallery.list(favourites)).total).toBe(0);
      expect(await stores.gallery.setFavourite("gen_none", true)).toBe(false);
    });

    it("finds a member's asset by its receipt, however it was typed", async () => {
      const { stores } = await open();
      const [ada, bo] = [await member(stores), await member(stores)];
      const order = newOrder(ada);
      const assets = [{ ...order.assets[0], receipts: ["K7Q2ZX"] }] as const;
      const [asset] = started(await stores.generation.order({ ...order, assets }));
      expect(await stores.gallery.byReceipt(ada.id, "k7q2zx")).toEqual(asset);
      expect(await stores.gallery.byReceipt(bo.id, "K7Q2ZX")).toBeNull();
    });

    it("loses what is deleted, once it has ended, with its prompt", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const asset = await assetIn(stores, "storing", user);
      expect(await stores.gallery.remove(asset.id, NOON)).toBe(false);
      await stores.generation.end(asset, newEnding("ready"));
      expect(await stores.gallery.remove(asset.id, NOON + 5)).toBe(true);
      expect(await stores.gallery.remove(asset.id, NOON + 6)).toBe(false);
      expect(await stores.generation.get(asset.id)).toMatchObject({ prompt: "", deletedAt: NOON + 5 });
      expect((await stores.gallery.list({ ...all, userId: user.id })).total).toBe(0);
      expect(await stores.gallery.byReceipt(user.id, asset.receipt)).toBeNull();
      expect(await stores.gallery.setFavourite(asset.id, true)).toBe(false);
    });
  });
}

export function draftStoreContract(make: MakeDatabase): void {
  describe("drafts", () => {
    const open = openWith(make);

    it("are kept until they expire, and can be changed", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const draft = {
        id: unique("draft"),
        userId: user.id,
        content: { prompt: "x" },
        createdAt: NOON,
        expiresAt: NOON + 10,
      };
      await stores.drafts.save(draft);
      expect(await stores.drafts.get(draft.id, NOON + 9)).toEqual(draft);
      expect(await stores.drafts.get(draft.id, NOON + 10)).toBeNull();
      await stores.drafts.change(draft.id, { prompt: "y", count: 2 });
      expect((await stores.drafts.get(draft.id, NOON))?.content).toEqual({ prompt: "y", count: 2 });
      expect(await stores.drafts.get("other", NOON)).toBeNull();
    });

    it("are forgotten after they expired, some at a time", async () => {
      const { stores } = await open();
      const user = await member(stores);
      const draft = (expiresAt: number) => ({
        id: unique("draft"),
        userId: user.id,
        content: null,
        createdAt: NOON,
        expiresAt,
      });
      for (const at of [NOON + 1, NOON + 2, NOON + 3, NOON + 99]) await stores.drafts.save(draft(at));
      expect(await stores.drafts.prune(NOON + 10, 2)).toBe(2);
      expect(await stores.drafts.prune(NOON + 10, 2)).toBe(1);
      expect(await stores.drafts.prune(NOON + 10, 2)).toBe(0);
    });
  });
}

export function noteStoreContract(make: MakeDatabase): void {
  describe("notes", () => {
    const open = openWith(make);

    it("keep the last value of each name", async () => {
      const { notes } = (await open()).stores;
      expect(await notes.get("commands")).toBeNull();
      await notes.set("commands", "1");
      await notes.set("commands", "2");
      await notes.set("other", "3");
      expect(await notes.get("commands")).toBe("2");
    });
  });
}
