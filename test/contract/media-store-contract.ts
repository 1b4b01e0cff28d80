import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { MediaStore } from "../../src/core/ports/media.ts";

export interface StoreWorld {
  readonly store: MediaStore;
  /** Puts files of one byte there behind the store's back. */
  plant(keys: readonly string[]): Promise<void>;
  /** From now on the store cannot be reached or written. */
  breakDown(): Promise<void>;
  close(): Promise<void>;
}

/** What every media store owes to whoever keeps files in it. */
export function mediaStoreContract(name: string, make: () => Promise<StoreWorld>): void {
  describe(`media store contract: ${name}`, () => {
    const worlds: StoreWorld[] = [];
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.close();
    });
    const setUpWorld = async (): Promise<StoreWorld> => {
      const world = await make();
      worlds.push(world);
      return world;
    };
    const setUp = async (): Promise<MediaStore> => (await setUpWorld()).store;
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

    it("keeps a file of nothing", async () => {
      const store = await setUp();
      const { bytes, key } = file("");
      await store.put(key, bytes, "image/png");
      expect((await store.read(key))?.length).toBe(0);
      for (const range of [
        undefined,
        { start: 0 },
        { start: 0, end: 0 },
        { start: 5 },
        { start: 5, end: 2 },
      ]) {
        const stream = await store.stream(key, range);
        expect(stream?.totalBytes).toBe(0);
        expect(stream && (await textOf(stream.body))).toBe("");
      }
    });

    it("keeps a file of 50 MB, whole and from the middle", async () => {
      const store = await setUp();
      const bytes = Buffer.alloc(50 * 1024 * 1024, "0123456789abcdef\n");
      const hash = createHash("sha256").update(bytes).digest("hex");
      const key = `gen_1/${hash}.mp4`;
      await store.put(key, bytes, "video/mp4");
      const whole = await store.stream(key);
      const received = createHash("sha256");
      for await (const chunk of whole?.body ?? []) received.update(chunk);
      expect(received.digest("hex")).toBe(hash);
      const start = 40 * 1024 * 1024;
      const part = await store.stream(key, { start, end: start + 999 });
      expect(part?.totalBytes).toBe(bytes.length);
      expect(part && (await textOf(part.body))).toBe(bytes.subarray(start, start + 1_000).toString());
      expect(bytes.equals((await store.read(key)) ?? new Uint8Array())).toBe(true);
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

    it("takes different files of one asset at once, and loses none", async () => {
      const store = await setUp();
      const files = Array.from({ length: 12 }, (_, n) => file(`file ${n} ${"x".repeat(n * 5_000)}`));
      await Promise.all(files.map(({ key, bytes }) => store.put(key, bytes, "image/png")));
      for (const { key, bytes } of files)
        expect(bytes.equals((await store.read(key)) ?? new Uint8Array())).toBe(true);
    });

    it("lists every key, a page at a time inside, by how it begins", async () => {
      const { store, plant } = await setUpWorld();
      const name = (n: number): string => `${n.toString(16).padStart(64, "0")}.png`;
      const keys = [
        ...Array.from({ length: 1_050 }, (_, n) => `gen_${String(n % 150).padStart(3, "0")}/${name(n)}`),
        ...Array.from({ length: 250 }, (_, n) => `ref_many/${name(n)}`),
      ];
      await plant(keys);
      const listed = async (start: string): Promise<string[]> =>
        (await Array.fromAsync(store.keys(start))).toSorted();
      expect(await listed("")).toEqual(keys.toSorted());
      for (const start of [
        "gen_",
        "gen_01",
        "gen_014",
        "gen_014/",
        `gen_014/${name(14)}`,
        "ref_many/000",
        "none",
      ]) {
        const wanted = keys.filter((key) => key.startsWith(start)).toSorted();
        expect(await listed(start), start).toEqual(wanted);
      }
      for await (const key of store.keys("ref_")) {
        expect(key).toMatch(/^ref_/);
        break;
      }
      await store.remove("ref_many");
      expect(await listed("ref_")).toEqual([]);
      expect((await listed("")).length).toBe(1_050);
    });

    it("may be emptied while it is listed", async () => {
      const { store, plant } = await setUpWorld();
      await plant(Array.from({ length: 230 }, (_, n) => `gen_${n}/${"0".repeat(64)}.png`));
      let removed = 0;
      for await (const key of store.keys("")) {
        await store.remove(key.split("/")[0] ?? "");
        removed += 1;
      }
      expect(removed).toBe(230);
      expect(await Array.fromAsync(store.keys(""))).toEqual([]);
    });

    it.each(["/", "..", "gen_1/../", "gen_1/a/b", "\u0000", "gen 1"])("refuses to list %j", async (start) => {
      const store = await setUp();
      await expect(Array.fromAsync(store.keys(start))).rejects.toMatchObject({ code: "INTERNAL" });
    });

    it("says that it is not available when it cannot be written", async () => {
      const { store, breakDown } = await setUpWorld();
      const { bytes, key } = file("lost");
      await breakDown();
      await expect(store.put(key, bytes, "image/png")).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
        retry: "backoff",
      });
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
