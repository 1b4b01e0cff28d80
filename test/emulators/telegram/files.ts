import sharp from "sharp";
import type { Part } from "./body.ts";
import { checkPhoto, type MediaKind, sha256, sniff } from "./media.ts";
import { badRequest, type Content, type PhotoSize } from "./wire.ts";

/** One file on the emulated servers. A photo has a file id for each of its sizes. */
export interface StoredFile {
  readonly id: string;
  readonly uniqueId: string;
  readonly kind: MediaKind;
  readonly path: string;
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
}

/** What a caller says about a file; the bytes fill what is missing. */
export interface MediaHints {
  readonly mime?: string | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly duration?: number | undefined;
}

export interface FileStore {
  /** Resolves what a parameter names: an uploaded part or a known file id. */
  resolve(kind: MediaKind, value: string, parts: readonly Part[], hints: MediaHints): StoredFile;
  add(kind: MediaKind, bytes: Buffer, name: string, hints?: MediaHints): StoredFile;
  byId(id: string): StoredFile | undefined;
  /** What getFile says of a file id; its path is good for an hour from then on. */
  locate(id: string): Promise<Located | undefined>;
  /** The bytes at a path that was given out less than an hour ago. */
  download(path: string): Promise<Buffer | undefined>;
}

export interface Located {
  readonly file: StoredFile;
  readonly path: string;
  readonly sizeBytes: number;
}

const NAMES: Readonly<Record<MediaKind, string>> = {
  photo: "Photo",
  video: "Video",
  document: "Document",
  sticker: "Sticker",
  animation: "Animation",
};

/** How long a path is good at least; here exactly. Source: Bot API, File, read 2026-11. */
const PATH_LIFE_MS = 3_600_000;
/** Longest sides of a photo's sizes, by the letter that ends their file ids; the largest has none. */
const PHOTO_SIDES: ReadonlyMap<string, number> = new Map([
  ["-s", 90],
  ["-m", 320],
  ["-x", 800],
  ["-y", 1_280],
  ["", 2_560],
]);
const SIZE = /-[smxy]$/;

const EXTENSIONS: Readonly<Partial<Record<MediaKind, string>>> = {
  photo: "jpg",
  video: "mp4",
  animation: "mp4",
  sticker: "webp",
};

export function createFileStore(now: () => number): FileStore {
  const byId = new Map<string, StoredFile>();
  /** File ids and when they were given out, by path. */
  const given = new Map<string, { id: string; atMs: number }>();
  const drawn = new Map<string, Promise<Buffer>>();
  const stored = (id: string): StoredFile | undefined => byId.get(id.replace(SIZE, ""));

  /** What is kept of a file: a photo is drawn anew as a JPEG in every size, everything else stays as it came. */
  function bytesOf(id: string, file: StoredFile): Promise<Buffer> {
    if (file.kind !== "photo") return Promise.resolve(file.bytes);
    const known = drawn.get(id);
    if (known !== undefined) return known;
    const side = PHOTO_SIDES.get(SIZE.exec(id)?.[0] ?? "") ?? 2_560;
    const redrawn = sharp(file.bytes)
      .flatten({ background: "#ffffff" })
      .resize(side, side, { fit: "inside", withoutEnlargement: true })
      .jpeg({ quality: 87 })
      .toBuffer()
      // A header without a picture, as short tests send it.
      .catch(() => file.bytes);
    drawn.set(id, redrawn);
    return redrawn;
  }

  function add(kind: MediaKind, bytes: Buffer, name: string, hints: MediaHints = {}): StoredFile {
    const sniffed = sniff(bytes);
    if (bytes.length === 0) throw badRequest("file must be non-empty");
    if (kind === "photo") checkPhoto(bytes, sniffed);
    // The server takes a video that is no MP4 as a plain document.
    const actual = kind === "video" && sniffed?.mime !== "video/mp4" ? "document" : kind;
    const hash = sha256(bytes);
    const number = byId.size + 1;
    const extension = EXTENSIONS[actual] ?? name.split(".").at(-1) ?? "dat";
    const file: StoredFile = {
      id: `AgAC${actual[0] ?? ""}${number}-${hash.slice(0, 24)}`,
      uniqueId: `AQAD${hash.slice(0, 12)}`,
      kind: actual,
      path: `${actual}s/file_${number}.${extension}`,
      name,
      mime: hints.mime ?? sniffed?.mime ?? "application/octet-stream",
      bytes,
      sha256: hash,
      width: sniffed?.width || hints.width || 320,
      height: sniffed?.height || hints.height || 320,
      durationSeconds: hints.duration ?? sniffed?.durationSeconds ?? 0,
    };
    byId.set(file.id, file);
    return file;
  }

  return {
    add,
    byId: stored,
    async locate(id) {
      const file = stored(id);
      if (file === undefined) return undefined;
      const path = file.path.replace(/(?=\.[^.]*$)/, (SIZE.exec(id)?.[0] ?? "").replace("-", "_"));
      given.set(path, { id, atMs: now() });
      return { file, path, sizeBytes: (await bytesOf(id, file)).length };
    },
    async download(path) {
      const { id, atMs } = given.get(path) ?? { id: "", atMs: 0 };
      const file = stored(id);
      return file === undefined || now() - atMs > PATH_LIFE_MS ? undefined : bytesOf(id, file);
    },
    resolve(kind, value, parts, hints) {
      if (value.startsWith("attach://")) {
        const part = parts.find((candidate) => candidate.field === value.slice("attach://".length));
        if (part === undefined) throw badRequest("wrong file identifier/HTTP URL specified");
        return add(kind, part.bytes, part.fileName, hints);
      }
      if (/^https?:/.test(value)) throw badRequest("failed to get HTTP URL content");
      const known = stored(value);
      if (known === undefined)
        throw badRequest("wrong file identifier/HTTP URL specified: Wrong padding in the string");
      if (known.kind !== kind)
        throw badRequest(`can't use file of type ${NAMES[known.kind]} as ${NAMES[kind]}`);
      return known;
    },
  };
}

/** The message fields of one file. */
export function contentOf(file: StoredFile): Content {
  const base = { file_id: file.id, file_unique_id: file.uniqueId, file_size: file.bytes.length };
  const film = {
    ...base,
    width: file.width,
    height: file.height,
    duration: file.durationSeconds,
    mime_type: file.mime,
    file_name: file.name,
  };
  const document = { ...base, mime_type: file.mime, file_name: file.name };
  switch (file.kind) {
    case "photo":
      return { photo: photoSizes(file) };
    case "video":
      return { video: film };
    case "document":
      return { document };
    case "animation":
      return { animation: film, document };
    case "sticker":
      return {
        sticker: {
          ...base,
          type: "regular",
          width: file.width,
          height: file.height,
          is_animated: file.name.endsWith(".tgs"),
          is_video: file.name.endsWith(".webm"),
        },
      };
  }
}

/**
 * The sizes that are smaller than the photo, and the photo itself, the largest last. How many bytes each will have is
 * known when it is drawn: until then half of them are a guess and the largest says nothing (`file_size` is optional).
 */
function photoSizes(file: StoredFile): readonly PhotoSize[] {
  const longest = Math.max(file.width, file.height);
  return [...PHOTO_SIDES]
    .filter(([suffix, side]) => suffix === "" || side < longest)
    .map(([suffix, side]) => {
      const factor = Math.min(1, side / longest);
      return {
        file_id: `${file.id}${suffix}`,
        file_unique_id: `${file.uniqueId}${suffix.slice(1)}`,
        ...(suffix === "" ? {} : { file_size: Math.max(1, Math.round(file.bytes.length * factor ** 2)) }),
        width: Math.max(1, Math.round(file.width * factor)),
        height: Math.max(1, Math.round(file.height * factor)),
      };
    });
}
