import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { MediaStore } from "../../src/core/ports/media.ts";

export interface StoreWorld {
  readonly store: MediaStore;
  close(): Promise<void>;
}

/** What every media store owes to whoever keeps files in it. */
export function mediaStoreContract(name: string, make: () => Promise<StoreWorld>): void {
  describe(`media store contract: ${name}`, () => {
    const worlds: StoreWorld[] = [];
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.close();
    });
    const setUp = async (): Promise<MediaStore> => {
      const world = await make();
      worlds.push(world);
      return world.store;
    };
    const file = (text: string) => {
      const bytes = Buffer.from(text);
      const key = `gen_1/${createHash("sha256").update(bytes).digest("hex")}.png`;
      return { bytes, key };
    };
    async function textOf(body: ReadableStream<Uint8Array>): Promise<string> {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    }

    it("gives back what was put, whole and in parts", async () => {
      const store = await setUp();
      const { bytes, key } = file("0123456789");
      await store.put(key, bytes, "image/png");
      expect(Buffer.from((await store.read(key)) ?? [])).toEqual(bytes);
      const parts: [range: { start: number; end?: number } | undefined, text: string][] = [
        [undefined, "0123456789"],
        [{ start: 0, end: 0 }, "0"],
        [{ start: 3, end: 5 }, "345"],
        [{ start: 7 }, "789"],
        [{ start: 8, end: 99 }, "89"],
        [{ start: 10 }, ""],
      ];
      for (const [range, text] of parts) {
        const stream = await store.stream(key, range);
        expect(stream?.totalBytes).toBe(10);
        expect(stream && (await textOf(stream.body)), JSON.stringify(range)).toBe(text);
      }
    });

    it("streams a file that is larger than any buffer, in order", async () => {
      const store = await setUp();
      const { bytes, key } = file(Array.from({ length: 200_000 }, (_, n) => `${n}`).join(","));
      await store.put(key, bytes, "image/png");
      const stream = await store.stream(key);
      expect(stream && (await textOf(stream.body))).toBe(bytes.toString());
    });

    it("may be told to stop in the middle of a stream", async () => {
      const store = await setUp();
      const { bytes, key } = file("x".repeat(2_000_000));
      await store.put(key, bytes, "image/png");
      const stream = await store.stream(key);
      const reader = stream?.body.getReader();
      expect((await reader?.read())?.done).toBe(false);
      await reader?.cancel();
      expect((await store.read(key))?.length).toBe(bytes.length);
    });

    it("takes the same file again, also at once", async () => {
      const store = await setUp();
      const { bytes, key } = file("again");
      await Promise.all(Array.from({ length: 8 }, () => store.put(key, bytes, "image/png")));
      await store.put(key, bytes, "image/png");
      expect(Buffer.from((await store.read(key)) ?? [])).toEqual(bytes);
    });

    it("answers null for what is not there, and removes it without complaint", async () => {
      const store = await setUp();
      const { key } = file("missing");
      expect(await store.read(key)).toBeNull();
      expect(await store.stream(key)).toBeNull();
      await store.remove("gen_nobody");
    });

    it("removes all files of an asset and of no other", async () => {
      const store = await setUp();
      const [one, two] = [file("one"), file("two")];
      const other = { ...one, key: one.key.replace("gen_1/", "gen_11/") };
      for (const { key, bytes } of [one, two, other]) await store.put(key, bytes, "image/png");
      await store.remove("gen_1");
      expect(await store.read(one.key)).toBeNull();
      expect(await store.read(two.key)).toBeNull();
      expect(await store.read(other.key)).not.toBeNull();
    });

    it.each([
      "../escape.png",
      "gen_1/../../escape.png",
      "/etc/passwd",
      "gen_1//a.png",
      "gen_1/a/b.png",
      "gen_1/.hidden",
      ".incoming/1-1",
      "gen_1\\..\\a.png",
      "gen_1/a.png\u0000.txt",
      "gen_1/%2e%2e.png",
      "",
      "gen_1",
      `${"g".repeat(300)}/a.png`,
    ])("refuses %j as a key", async (key) => {
      const store = await setUp();
      await expect(store.put(key, Buffer.from("x"), "image/png")).rejects.toMatchObject({ code: "INTERNAL" });
      await expect(store.read(key)).rejects.toMatchObject({ code: "INTERNAL" });
      await expect(store.stream(key)).rejects.toMatchObject({ code: "INTERNAL" });
    });

    it.each(["..", ".", "", "gen_1/..", "/", ".incoming"])("refuses to remove %j", async (prefix) => {
      const store = await setUp();
      await expect(store.remove(prefix)).rejects.toMatchObject({ code: "INTERNAL" });
    });
  });
}
