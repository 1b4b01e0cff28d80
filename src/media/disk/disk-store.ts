import { mkdir, open, opendir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AppError } from "../../core/errors.ts";
import type { MediaStore } from "../../core/ports/media.ts";
import { isMediaKey, requireMediaKey, requireMediaPrefix, splitStart } from "../store-keys.ts";

/** Begins with a dot, so that no key can name it. */
const INCOMING = ".incoming";
const CHUNK_BYTES = 256 * 1024;

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory; its rename is durable by itself.
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Media as files below one directory. A file is written beside, flushed and renamed into place, its directory
 * flushed after it: whoever sees the name sees the whole file, also after a power cut.
 */
export function createDiskStore(directory: string): MediaStore {
  const root = resolve(directory);
  let written = 0;

  function pathOf(key: string): string {
    return join(root, requireMediaKey(key));
  }

  async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError("STORE_UNAVAILABLE", "media directory", { retry: "backoff", cause: error });
    }
  }

  async function makeDirectory(path: string): Promise<void> {
    const first = await mkdir(path, { recursive: true });
    if (first !== undefined) await syncDirectory(dirname(first));
  }

  async function sizeOf(path: string): Promise<number | null> {
    try {
      const found = await stat(path);
      return found.isFile() ? found.size : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** What is in a folder: none where there is no such folder, or where a file has that name. */
  async function* namesIn(path: string): AsyncGenerator<string> {
    const folder = await guarded(async () => {
      try {
        return await opendir(path);
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    });
    if (folder === null) return;
    try {
      for (;;) {
        const entry = await guarded(() => folder.read());
        if (entry === null) return;
        yield entry.name;
      }
    } finally {
      await folder.close();
    }
  }

  return {
    put: (key, bytes) =>
      guarded(async () => {
        const path = pathOf(key);
        // The key holds the hash of the content: what is there already is the same file.
        if ((await sizeOf(path)) === bytes.length) return;
        const incoming = join(root, INCOMING);
        await makeDirectory(incoming);
        written += 1;
        // Named by its key: processes that share the directory may share a number too (1 in every container).
        const temporary = join(incoming, `${key.replace("/", ".")}-${process.pid}-${written}`);
        try {
          const handle = await open(temporary, "w");
          try {
            await handle.writeFile(bytes);
            await handle.sync();
          } finally {
            await handle.close();
          }
          await makeDirectory(dirname(path));
          await rename(temporary, path);
          await syncDirectory(dirname(path));
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
      }),

    read: (key) =>
      guarded(async () => {
        try {
          return await readFile(pathOf(key));
        } catch (error) {
          if (isMissing(error)) return null;
          throw error;
        }
      }),

    stream: (key, range) =>
      guarded(async () => {
        const path = pathOf(key);
        const totalBytes = await sizeOf(path);
        if (totalBytes === null) return null;
        const handle = await open(path, "r");
        let at = Math.max(0, range?.start ?? 0);
        const end = Math.min(totalBytes, (range?.end ?? totalBytes - 1) + 1);
        const body = new ReadableStream<Uint8Array>(
          {
            async pull(controller) {
              const wanted = Math.min(CHUNK_BYTES, end - at);
              const { bytesRead, buffer } =
                wanted > 0
                  ? await handle.read(new Uint8Array(wanted), 0, wanted, at)
                  : { bytesRead: 0, buffer: null };
              if (bytesRead === 0 || buffer === null) {
                await handle.close();
                controller.close();
                return;
              }
              at += bytesRead;
              controller.enqueue(buffer.subarray(0, bytesRead));
            },
            cancel: () => handle.close(),
          },
          { highWaterMark: 0 },
        );
        return { body, totalBytes };
      }),

    remove: (prefix) =>
      guarded(async () => {
        await rm(join(root, requireMediaPrefix(prefix)), { recursive: true, force: true });
      }),

    async *keys(start) {
      const { folder } = splitStart(start);
      const folders = folder === null ? namesIn(root) : [folder];
      for await (const name of folders) {
        if (!name.startsWith(folder ?? start)) continue;
        for await (const file of namesIn(join(root, name))) {
          const key = `${name}/${file}`;
          // What a crash left in the folder for incoming files is no key.
          if (key.startsWith(start) && isMediaKey(key)) yield key;
        }
      }
    },
  };
}
