import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { defineMediaStore, type MediaStoreModule } from "../module.ts";
import { createDiskStore } from "./disk-store.ts";

export const disk: MediaStoreModule = defineMediaStore({
  id: "file",
  env: z.object({}),
  example: "file:./data/media",
  read(url) {
    const path = url.replace(/^file:(\/\/(?=\/))?/, "");
    return path === "" ? { problems: ["MEDIA_URL: file: needs a folder"] } : { place: resolve(path) };
  },
  create: (directory) => ({
    store: createDiskStore(directory),
    place: `file:${realPath(directory)}`,
    close: () => Promise.resolve(),
  }),
});

/** Two names of one folder are one place. */
function realPath(directory: string): string {
  try {
    return realpathSync.native(directory);
  } catch {
    return directory;
  }
}
