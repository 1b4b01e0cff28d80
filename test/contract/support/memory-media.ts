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
    remove: (prefix) => {
      for (const key of files.keys()) if (key.startsWith(`${prefix}/`)) files.delete(key);
      return Promise.resolve();
    },
    keys: (start) => Readable.from([...files.keys()].filter((key) => key.startsWith(start))),
  };
  return { store, files };
}
