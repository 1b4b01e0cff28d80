import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { createDiskStore } from "../../src/media/disk/disk-store.ts";
import { mediaStoreContract } from "./media-store-contract.ts";

async function makeDirectory() {
  const directory = await mkdtemp(join(tmpdir(), "easel-media-"));
  return { directory, close: () => rm(directory, { recursive: true, force: true }) };
}

mediaStoreContract("disk", async () => {
  const { directory, close } = await makeDirectory();
  const root = join(directory, "made", "when", "needed");
  return {
    store: createDiskStore(root),
    close,
    async plant(keys) {
      for (const key of keys) {
        await mkdir(dirname(join(root, key)), { recursive: true });
        await writeFile(join(root, key), "x");
      }
    },
    breakDown: () => writeFile(join(directory, "made"), "in the way"),
  };
});

it("leaves no half file behind, and replaces one that a crash left", async () => {
  const { directory, close } = await makeDirectory();
  const store = createDiskStore(directory);
  const key = "gen_1/abc.png";
  await store.put(key, Buffer.from("first"), "image/png");
  await writeFile(join(directory, key), "fi");
  await writeFile(join(directory, ".incoming", "gen_1.abc.png-1-1"), "fi");
  expect(await Array.fromAsync(store.keys(""))).toEqual([key]);
  await store.put(key, Buffer.from("first"), "image/png");
  expect(Buffer.from((await store.read(key)) ?? []).toString()).toBe("first");
  expect(await readdir(join(directory, ".incoming"))).toEqual(["gen_1.abc.png-1-1"]);
  await close();
});

it("says that the store is not available when its directory cannot be made", async () => {
  const { directory, close } = await makeDirectory();
  await writeFile(join(directory, "file"), "in the way");
  const store = createDiskStore(join(directory, "file"));
  await expect(store.put("gen_1/abc.png", Buffer.from("x"), "image/png")).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    retry: "backoff",
  });
  expect(await store.read("gen_1/abc.png")).toBeNull();
  await close();
});
