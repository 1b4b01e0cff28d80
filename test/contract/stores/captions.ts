import { describe, expect, it } from "vitest";
import type { AssetId, UserId } from "../../../src/core/identifiers.ts";
import { CAPTIONS_KEPT, type Caption } from "../../../src/core/ports/post-stores.ts";
import type { Stores } from "../../../src/core/ports/stores.ts";
import { assetIn, member, NOON, newEnding, newOrder, unique } from "../../support/store-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

const newCaption = (changes: Partial<Caption> = {}): Caption => ({
  id: `cap_${unique()}`,
  assetId: "gen_1",
  userId: "usr_1",
  network: null,
  language: "de",
  text: 'Ein Fuchs "im" Schnee \u{1f98a}\n\nund Ruhe',
  hashtags: ["#fuchs", "#überall"],
  altText: "Ein roter Fuchs",
  model: "gpt-4o-mini",
  createdAt: NOON,
  ...changes,
});

/** A database with assets of these ids. */
async function withAssets({ stores }: { readonly stores: Stores }, ...ids: readonly AssetId[]) {
  const user = await member(stores);
  for (const id of ids) {
    const { assets } = newOrder(user);
    await stores.generation.order(newOrder(user, 1, { assets: [{ ...assets[0], id }] }));
  }
  return stores;
}

const readyAt = async (stores: Stores, now: number): Promise<AssetId> => {
  const asset = await assetIn(stores, "storing");
  await stores.generation.end(asset, newEnding("ready", { now }));
  return asset.id;
};

export function captionStoreContract(make: MakeDatabase): void {
  describe("captions", () => {
    const open = openWith(make);

    it("are kept as they were written, once an id", async () => {
      const { captions } = await withAssets(await open(), "gen_1", "gen_2");
      const caption = newCaption();
      await captions.add(caption);
      await captions.add({ ...caption, text: "another", assetId: "gen_2" });
      expect(await captions.byId(caption.id)).toEqual(caption);
      expect(await captions.latest("gen_2")).toBeNull();
      expect(await captions.byId("cap_none")).toBeNull();
    });

    it("are found by their asset: the newest of any network, of one, or of none in particular", async () => {
      const { captions } = await withAssets(await open(), "gen_1", "gen_2");
      const general = newCaption({ createdAt: NOON + 1 });
      const older = newCaption({ network: "tiktok", createdAt: NOON });
      const newer = newCaption({ network: "tiktok", createdAt: NOON + 2 });
      const elsewhere = newCaption({ assetId: "gen_2", createdAt: NOON + 9 });
      for (const caption of [newer, elsewhere, general, older]) await captions.add(caption);
      expect((await captions.latest("gen_1"))?.id).toBe(newer.id);
      expect((await captions.latest("gen_1", "tiktok"))?.id).toBe(newer.id);
      expect((await captions.latest("gen_1", null))?.id).toBe(general.id);
      expect(await captions.latest("gen_1", "instagram")).toBeNull();
    });

    it("of one moment are told apart by which was written last", async () => {
      const { captions } = await withAssets(await open(), "gen_1");
      const ids = ["cap_b", "cap_c", "cap_a"] as const;
      for (const id of ids) await captions.add(newCaption({ id }));
      expect((await captions.latest("gen_1"))?.id).toBe("cap_a");
    });

    it("may have characters that the engine could not store as they are", async () => {
      const { captions } = await withAssets(await open(), "gen_1");
      const caption = newCaption({ text: "a\0 fox \ud800", altText: "\0" });
      await captions.add(caption);
      expect(await captions.byId(caption.id)).toMatchObject({ text: "a fox \ufffd", altText: "" });
    });

    it("go with their asset, and no other one's", async () => {
      const { captions } = await withAssets(await open(), "gen_1", "gen_2");
      const kept = newCaption({ assetId: "gen_2" });
      for (const caption of [newCaption(), newCaption({ network: "bluesky" }), kept])
        await captions.add(caption);
      await captions.remove("gen_1");
      await captions.remove("gen_1");
      expect(await captions.latest("gen_1")).toBeNull();
      expect(await captions.latest("gen_1", "bluesky")).toBeNull();
      expect(await captions.byId(kept.id)).toEqual(kept);
    });

    it("of an asset that was deleted, or never was, are not kept", async () => {
      const { stores } = await open();
      const asset = await readyAt(stores, NOON);
      await stores.gallery.remove(asset, NOON);
      for (const assetId of [asset, "gen_nothing"] as const) {
        await stores.captions.add(newCaption({ assetId }));
        expect(await stores.captions.latest(assetId)).toBeNull();
      }
    });

    it("are kept as the newest of their asset, so many of them", async () => {
      const { captions } = await withAssets(await open(), "gen_1", "gen_2");
      const other = newCaption({ assetId: "gen_2", createdAt: NOON - 1 });
      await captions.add(other);
      const all = Array.from({ length: CAPTIONS_KEPT + 3 }, (_, at) =>
        // Two of each moment, and one that comes late.
        newCaption({ createdAt: NOON + Math.floor(at / 2), network: at % 3 === 0 ? "tiktok" : null }),
      );
      for (const caption of all) await captions.add(caption);
      await captions.add(newCaption({ id: "cap_late", createdAt: NOON - 5 }));
      const kept = await Promise.all(all.map(async ({ id }) => (await captions.byId(id)) !== null));
      expect(kept).toEqual(all.map((_, at) => at >= 3));
      expect(await captions.byId("cap_late")).toBeNull();
      expect(await captions.byId(other.id)).toEqual(other);
    });

    it("are missing where a result is ready, has none, and nobody is at it", async () => {
      const { stores } = await open();
      const { captions } = stores;
      const old = await readyAt(stores, NOON);
      const [second, first, written, deleted] = [
        await readyAt(stores, NOON + 3),
        await readyAt(stores, NOON + 2),
        await readyAt(stores, NOON + 4),
        await readyAt(stores, NOON + 5),
      ];
      await assetIn(stores, "storing");
      await captions.add(newCaption({ assetId: written }));
      await stores.gallery.remove(deleted, NOON + 6);
      const missing = async (now: number, limit = 10) =>
        (await captions.missing(NOON, now, limit)).map(({ id }) => id);
      expect(await missing(NOON + 7)).toEqual([first, second]);
      expect(await missing(NOON + 7, 1)).toEqual([first]);
      expect(old).not.toBe(first);
      expect(await captions.claim(first, NOON + 7, NOON + 20)).toBe(true);
      expect(await missing(NOON + 19)).toEqual([second]);
      expect(await missing(NOON + 20)).toEqual([first, second]);
    });

    it("are written by one of all who want to, until its time is over", async () => {
      const { captions } = (await open()).stores;
      const claim = (now: number) => captions.claim("gen_1", now, now + 10);
      const all = await Promise.all([claim(NOON), claim(NOON), claim(NOON)]);
      expect(all.filter(Boolean)).toHaveLength(1);
      expect(await captions.claim("gen_2", NOON, NOON + 10)).toBe(true);
      expect(await claim(NOON + 9)).toBe(false);
      expect(await claim(NOON + 10)).toBe(true);
    });

    it("cost calls that are counted a day, of a member and of all, and no more than both limits allow", async () => {
      const { captions } = (await open()).stores;
      const call = (userId: UserId, day = "2026-11-22", instanceLimit: number | null = 5) =>
        captions.countCall({ day, userId, memberLimit: 3, instanceLimit });
      const mine = await Promise.all(Array.from({ length: 6 }, () => call("usr_1")));
      expect(mine.filter((one) => one === "counted")).toHaveLength(3);
      expect(mine.filter((one) => one === "member")).toHaveLength(3);
      const theirs = await Promise.all(Array.from({ length: 6 }, () => call("usr_2")));
      expect(theirs.filter((one) => one === "counted")).toHaveLength(2);
      expect(theirs.filter((one) => one === "instance")).toHaveLength(4);
      // What the instance did not allow was no call of the member's.
      expect(await call("usr_2", "2026-11-22", null)).toBe("counted");
      expect(await call("usr_2", "2026-11-22", null)).toBe("member");
      expect(await call("usr_1", "2026-11-23")).toBe("counted");
      const unlimited = {
        day: "2026-11-23",
        userId: "usr_1",
        memberLimit: null,
        instanceLimit: null,
      } as const;
      for (let round = 0; round < 9; round += 1) expect(await captions.countCall(unlimited)).toBe("counted");
      expect(await captions.countCall({ ...unlimited, memberLimit: 0 })).toBe("member");
    });
  });
}
