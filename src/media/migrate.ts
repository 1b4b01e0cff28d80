import { createHash } from "node:crypto";
import { scheduler } from "node:timers/promises";
import type { MediaContentType, MediaStore } from "../core/ports/media.ts";
import { eachAtMost } from "./each-at-most.ts";

const FILES_AT_ONCE = 4;
const PROGRESS_EVERY = 100;
const SLICE_BYTES = 4 * 1024 * 1024;

const CONTENT_TYPES: Readonly<Record<string, MediaContentType>> = {
  png: "image/png",
  jpg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  mp4: "video/mp4",
};

export interface Migration {
  readonly total: number;
  moved: number;
  /** There already, with the same size. */
  skipped: number;
  /** Not what their name says, in the source or in the target: the keys, each with why. */
  readonly broken: string[];
  /** Taken out of the source. */
  removed: number;
}

/**
 * Copies all media of one store into another. What is there stays as it is, so a run that was ended anywhere goes on
 * with the next one, and a second run does nothing. A file is copied only where its content is what its key says.
 *
 * @throws AppError STORE_UNAVAILABLE where a store cannot be reached; what was copied before is there.
 */
export async function migrateMedia(
  source: MediaStore,
  target: MediaStore,
  options: {
    /** Takes an asset's files out of the source when all of them were read back from the target, whole. */
    readonly remove: boolean;
    /** Called now and then and at the end. */
    progress(doneFiles: number, state: Migration): void;
  },
): Promise<Migration> {
  // All keys first: some stores count pages, and removing while counting leaves some out.
  const keys = await Array.fromAsync(source.keys(""));
  const present = new Set<string>();
  if (keys.length > 0) for await (const key of target.keys("")) present.add(key);
  const state: Migration = { total: keys.length, moved: 0, skipped: 0, broken: [], removed: 0 };
  let doneFiles = 0;

  async function copy(key: string): Promise<boolean> {
    if (present.has(key) && (await sizeOf(source, key)) === (await sizeOf(target, key))) {
      state.skipped += 1;
      return true;
    }
    if (!(await put(key))) return false;
    state.moved += 1;
    return true;
  }

  async function put(key: string): Promise<boolean> {
    const [, extension = ""] = key.split(".");
    const contentType = CONTENT_TYPES[extension];
    const bytes = await source.read(key);
    if (bytes === null || contentType === undefined || !(await isWhole(key, bytes))) {
      state.broken.push(`${key}: ${bytes === null ? "gone" : "its content is not what its name says"}`);
      return false;
    }
    await target.put(key, bytes, contentType);
    return true;
  }

  async function isSafe(key: string): Promise<boolean> {
    if (await isWholeIn(target, key)) return true;
    // Of the right size and damaged all the same: a store that overwrites heals it.
    if (!(await put(key))) return false;
    if (await isWholeIn(target, key)) return true;
    state.broken.push(`${key}: is damaged in the target`);
    return false;
  }

  async function moveFolder([folder, files]: readonly [string, readonly string[]]): Promise<void> {
    const safe = new Set<string>();
    for (const key of files) {
      if ((await copy(key)) && options.remove && (await isSafe(key))) safe.add(key);
      doneFiles += 1;
      if (doneFiles % PROGRESS_EVERY === 0) options.progress(doneFiles, state);
    }
    if (!options.remove) return;
    // Looked at again: a file that came meanwhile is not removed with the others.
    const now = await Array.fromAsync(source.keys(`${folder}/`));
    if (!now.every((key) => safe.has(key))) return;
    await source.remove(folder);
    state.removed += now.length;
  }

  await eachAtMost(FILES_AT_ONCE, byFolder(keys), moveFolder);
  if (doneFiles % PROGRESS_EVERY !== 0) options.progress(doneFiles, state);
  return state;
}

/** Whether two stores are one under two names: what is put into one turns up in the other. */
export async function isSameStore(source: MediaStore, target: MediaStore, probeId: string): Promise<boolean> {
  const bytes = Buffer.from(probeId);
  const key = `${probeId}/${createHash("sha256").update(bytes).digest("hex")}.png`;
  await target.put(key, bytes, "image/png");
  try {
    return (await source.read(key)) !== null;
  } finally {
    await target.remove(probeId);
  }
}

function byFolder(keys: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const key of keys) {
    const [folder = ""] = key.split("/");
    const files = folders.get(folder);
    if (files) files.push(key);
    else folders.set(folder, [key]);
  }
  return folders;
}

/** A key's name is the SHA-256 of its content. */
async function isWhole(key: string, bytes: Uint8Array): Promise<boolean> {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    hash.update(bytes.subarray(at, at + SLICE_BYTES));
    await scheduler.yield();
  }
  return key.includes(`/${hash.digest("hex")}.`);
}

async function isWholeIn(store: MediaStore, key: string): Promise<boolean> {
  const bytes = await store.read(key);
  return bytes !== null && isWhole(key, bytes);
}

async function sizeOf(store: MediaStore, key: string): Promise<number | null> {
  const found = await store.stream(key, { start: 0, end: 0 });
  if (found === null) return null;
  // Read to its end, so that a connection can be used again.
  await Array.fromAsync(found.body);
  return found.totalBytes;
}
