import type { Part } from "./body.ts";
import { checkPhoto, type MediaKind, sha256, sniff } from "./media.ts";
import { badRequest, type Content, type PhotoSize } from "./wire.ts";

/** One file on the emulated servers. A photo has several file ids over the same bytes. */
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

/** What a caller says about a video; the bytes fill what is missing. */
export interface MediaHints {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly duration?: number | undefined;
}

export interface FileStore {
  /** Resolves what a parameter names: an uploaded part or a known file id. */
  resolve(kind: MediaKind, value: string, parts: readonly Part[], hints: MediaHints): StoredFile;
  add(kind: MediaKind, bytes: Buffer, name: string, hints?: MediaHints): StoredFile;
  byId(id: string): StoredFile | undefined;
  byPath(path: string): StoredFile | undefined;
}

const NAMES: Readonly<Record<MediaKind, string>> = { photo: "Photo", video: "Video", document: "Document" };

export function createFileStore(): FileStore {
  const byId = new Map<string, StoredFile>();
  const byPath = new Map<string, StoredFile>();

  function add(kind: MediaKind, bytes: Buffer, name: string, hints: MediaHints = {}): StoredFile {
    const sniffed = sniff(bytes);
    if (bytes.length === 0) throw badRequest("file must be non-empty");
    if (kind === "photo") checkPhoto(bytes, sniffed);
    // The server takes a video that is no MP4 as a plain document.
    const actual = kind === "video" && sniffed?.mime !== "video/mp4" ? "document" : kind;
    const hash = sha256(bytes);
    const number = byPath.size + 1;
    const extension =
      actual === "photo" ? "jpg" : actual === "video" ? "mp4" : (name.split(".").at(-1) ?? "dat");
    const file: StoredFile = {
      id: `AgAC${actual[0] ?? ""}${number}-${hash.slice(0, 24)}`,
      uniqueId: `AQAD${hash.slice(0, 12)}`,
      kind: actual,
      path: `${actual}s/file_${number}.${extension}`,
      name,
      mime: sniffed?.mime ?? "application/octet-stream",
      bytes,
      sha256: hash,
      width: sniffed?.width || hints.width || 320,
      height: sniffed?.height || hints.height || 320,
      durationSeconds: hints.duration ?? sniffed?.durationSeconds ?? 0,
    };
    byId.set(file.id, file);
    byPath.set(file.path, file);
    return file;
  }

  return {
    add,
    byId: (id) => byId.get(id.replace(/-thumb$/, "")),
    byPath: (path) => byPath.get(path),
    resolve(kind, value, parts, hints) {
      if (value.startsWith("attach://")) {
        const part = parts.find((candidate) => candidate.field === value.slice("attach://".length));
        if (part === undefined) throw badRequest("wrong file identifier/HTTP URL specified");
        return add(kind, part.bytes, part.fileName, hints);
      }
      if (/^https?:/.test(value)) throw badRequest("failed to get HTTP URL content");
      const known = byId.get(value.replace(/-thumb$/, ""));
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
  switch (file.kind) {
    case "photo":
      return { photo: photoSizes(file) };
    case "video":
      return {
        video: {
          ...base,
          width: file.width,
          height: file.height,
          duration: file.durationSeconds,
          mime_type: file.mime,
          file_name: file.name,
        },
      };
    case "document":
      return { document: { ...base, mime_type: file.mime, file_name: file.name } };
  }
}

/** A photo is offered in several sizes, the largest last and never above 2560 a side. */
function photoSizes(file: StoredFile): readonly PhotoSize[] {
  const scaled = (side: number, suffix: string): PhotoSize => {
    const factor = Math.min(1, side / Math.max(file.width, file.height));
    return {
      file_id: `${file.id}${suffix}`,
      file_unique_id: `${file.uniqueId}${suffix === "" ? "" : "t"}`,
      file_size: suffix === "" ? file.bytes.length : Math.min(1_200, file.bytes.length),
      width: Math.max(1, Math.round(file.width * factor)),
      height: Math.max(1, Math.round(file.height * factor)),
    };
  };
  return [scaled(90, "-thumb"), scaled(2_560, "")];
}
