import { Readable } from "node:stream";
import type { MediaStore } from "../../../src/core/ports/media.ts";

/** A store that holds its files in a map, for tests of what is put there. */
export function createMemoryMedia() {
  const files = new Map<string, Uint8Array>();
  const store: MediaStore = {
    put: (key, bytes) => {
      files.set(key, bytes);
      return Promise.resolve();
    },
    read: (key) => Promise.resolve(files.get(key) ?? null),
    stream: () => Promise.resolve(null),
    remove: () => Promise.resolve(),
    keys: () => Readable.from(files.keys()),
  };
  return { store, files };
}
