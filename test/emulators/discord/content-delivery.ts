/**
 * The files of the emulated Discord, as its CDN gives them out: by links that are signed and end
 * (`?ex=…&is=…&hm=…`), to anybody, without a token.
 */
import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { StoredFile } from "./model.ts";

export interface FileToStore {
  filename: string;
  contentType: string;
  bytes: Buffer;
}

/** One request for a file, by whoever made it. */
export interface FileFetch {
  path: string;
  status: number;
  headers: IncomingHttpHeaders;
}

const LINK_LIFE_MS = 24 * 3_600_000;

export function createContentDelivery(now: () => number, baseUrl: () => string) {
  const files = new Map<string, StoredFile>();
  const fetches: FileFetch[] = [];
  const key = "signs links of the emulated CDN";

  const signature = (path: string, until: string, issued: string): string =>
    createHmac("sha256", key).update(`${path} ${until} ${issued}`).digest("hex");

  /** A link that is good for a day; `ex` and `is` are seconds in hexadecimal, as Discord writes them. */
  function sign(path: string): string {
    const issued = Math.trunc(now() / 1000).toString(16);
    const until = Math.trunc((now() + LINK_LIFE_MS) / 1000).toString(16);
    return `${baseUrl()}${path}?ex=${until}&is=${issued}&hm=${signature(path, until, issued)}&`;
  }

  /** `place` is the first part of the path: `attachments/<channel>`, `ephemeral-attachments`, `external`. */
  function store(file: FileToStore, place: string, id: string, description?: string): StoredFile {
    const filename = file.filename.replaceAll(/[^\w.-]/g, "_");
    const path = `/${place}/${id}/${filename}`;
    const stored: StoredFile = {
      id,
      filename,
      ...(description === undefined || description === "" ? {} : { description }),
      contentType: file.contentType,
      sizeBytes: file.bytes.length,
      sha256: createHash("sha256").update(file.bytes).digest("hex"),
      bytes: file.bytes,
      url: sign(path),
      gone: false,
    };
    files.set(path, stored);
    return stored;
  }

  function owns(path: string): boolean {
    return /^\/(attachments|ephemeral-attachments|external)\//.test(path);
  }

  /** Null for what is deleted, ended or signed by somebody else: all of them 404 for the one who asks. */
  function open(url: URL, headers: IncomingHttpHeaders): StoredFile | null {
    const { pathname: path, searchParams: query } = url;
    const until = query.get("ex") ?? "";
    const issued = query.get("is") ?? "";
    const isSigned = query.get("hm") === signature(path, until, issued);
    const isAlive = Number.parseInt(until, 16) * 1000 > now();
    const file = files.get(path);
    const found = file !== undefined && !file.gone && isSigned && isAlive ? file : null;
    fetches.push({ path, status: found === null ? 404 : 200, headers });
    return found;
  }

  return { store, owns, open, fetches };
}
