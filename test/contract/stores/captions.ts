import { describe, expect, it } from "vitest";
import type { Caption } from "../../../src/core/ports/post-stores.ts";
import { NOON, unique } from "../../support/store-fixtures.ts";
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

export function captionStoreContract(make: MakeDatabase): void {
  describe("captions", () => {
    const open = openWith(make);

    it("are kept as they were written, once an id", async () => {
      const { captions } = (await open()).stores;
      const caption = newCaption();
      await captions.add(caption);
      await captions.add({ ...caption, text: "another", assetId: "gen_2" });
      expect(await captions.byId(caption.id)).toEqual(caption);
      expect(await captions.latest("gen_2")).toBeNull();
      expect(await captions.byId("cap_none")).toBeNull();
    });

    it("are found by their asset: the newest of any network, of one, or of none in particular", async () => {
      const { captions } = (await open()).stores;
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
      const { captions } = (await open()).stores;
      const ids = ["cap_b", "cap_c", "cap_a"] as const;
      for (const id of ids) await captions.add(newCaption({ id }));
      expect((await captions.latest("gen_1"))?.id).toBe("cap_a");
    });

    it("may have characters that the engine could not store as they are", async () => {
      const { captions } = (await open()).stores;
      const caption = newCaption({ text: "a\0 fox \ud800", altText: "\0" });
      await captions.add(caption);
      expect(await captions.byId(caption.id)).toMatchObject({ text: "a fox \ufffd", altText: "" });
    });

    it("go with their asset, and no other one's", async () => {
      const { captions } = (await open()).stores;
      const kept = newCaption({ assetId: "gen_2" });
      for (const caption of [newCaption(), newCaption({ network: "bluesky" }), kept])
        await captions.add(caption);
      await captions.remove("gen_1");
      await captions.remove("gen_1");
      expect(await captions.latest("gen_1")).toBeNull();
      expect(await captions.latest("gen_1", "bluesky")).toBeNull();
      expect(await captions.byId(kept.id)).toEqual(kept);
    });
  });
}
