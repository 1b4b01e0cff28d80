import { Agent } from "undici";
import type { Json } from "../../core/json.ts";
import type { Log } from "../../core/ports/log.ts";
import type { OpenedPicture } from "../../core/ports/messenger.ts";
import type { Secret } from "../../core/secret.ts";
import { deadline, type TelegramApi } from "./api.ts";
import { failureFields, networkCode, readFailure } from "./errors.ts";
import { DOWNLOAD_BYTES, pictureName } from "./pictures.ts";

/** From the first question to the last byte. */
const OPEN_MS = 20_000;
const CONNECT_MS = 5_000;
/** Downloads at once; each may hold 20 MB. */
const CONNECTIONS = 8;
const PATH_CHARS = 512;

export type OpenPicture = (name: Json, signal: AbortSignal) => Promise<OpenedPicture>;

export interface PictureOpener {
  readonly open: OpenPicture;
  close(): Promise<void>;
}

export interface PictureOpenerOptions {
  readonly api: TelegramApi;
  readonly token: Secret;
  readonly apiUrl: string;
  readonly log: Log;
}

type Refused = Extract<OpenedPicture, { status: "refused" }>;

/**
 * Pictures from Telegram's file server, as bytes.
 *
 * The address of a file carries the bot's token: it is put together here, used at once and kept nowhere, and nothing
 * that is thrown by a call is passed on. Redirects are not followed, and only the configured server is asked.
 */
export function createPictureOpener({ api, token, apiUrl, log }: PictureOpenerOptions): PictureOpener {
  const agent = new Agent({ connections: CONNECTIONS, connect: { timeout: CONNECT_MS }, allowH2: false });
  const base = new URL(apiUrl);

  async function open(name: Json, signal: AbortSignal): Promise<OpenedPicture> {
    const picture = pictureName.safeParse(name);
    if (!picture.success) return refused("gone");
    const { fileId, sizeBytes } = picture.data;
    if (sizeBytes !== null && sizeBytes > DOWNLOAD_BYTES) return refused("too-large");
    const until = AbortSignal.any([signal, AbortSignal.timeout(OPEN_MS)]);
    const path = await pathOf(fileId, until);
    return typeof path === "string" ? download(path, until) : path;
  }

  /** Where the file stands now: good for an hour. */
  async function pathOf(fileId: string, until: AbortSignal): Promise<string | Refused> {
    let file: Awaited<ReturnType<TelegramApi["getFile"]>>;
    try {
      file = await api.getFile({ file_id: fileId }, deadline(OPEN_MS, until));
    } catch (error) {
      const { kind } = readFailure(error);
      if (kind === "too-large") return refused("too-large");
      if (kind === "file-gone") return refused("gone");
      log.warn("a picture was not found on the server", failureFields(error));
      return refused("unreachable");
    }
    const { file_path: path, file_size: sizeBytes } = file;
    if (sizeBytes !== undefined && sizeBytes > DOWNLOAD_BYTES) return refused("too-large");
    if (typeof path !== "string" || path === "") return refused("gone");
    const escaped = escapedPath(path);
    if (escaped !== null) return escaped;
    if (/^(?:\/|[A-Za-z]:)/.test(path))
      log.error("the Bot API server names files on its own disk: it must run without --local for pictures");
    else log.error("the Bot API server named a file in an unknown way");
    return refused("unreachable");
  }

  async function download(path: string, until: AbortSignal): Promise<OpenedPicture> {
    try {
      const { statusCode, headers, body } = await agent.request({
        origin: base.origin,
        path: `${base.pathname.replace(/\/$/, "")}/file/bot${token.reveal()}/${path}`,
        method: "GET",
        headersTimeout: OPEN_MS,
        bodyTimeout: OPEN_MS,
        signal: until,
      });
      const announced = Number(headers["content-length"] ?? 0);
      if (statusCode !== 200 || announced > DOWNLOAD_BYTES) {
        // Not read to its end: the connection goes with it.
        body.on("error", () => undefined).destroy();
        if (statusCode === 200) return refused("too-large");
        log.warn("a picture could not be fetched", { status: statusCode });
        return refused(statusCode === 404 ? "gone" : "unreachable");
      }
      const chunks: Uint8Array[] = [];
      let sizeBytes = 0;
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        sizeBytes += chunk.length;
        if (sizeBytes > DOWNLOAD_BYTES) return refused("too-large");
        chunks.push(chunk);
      }
      return { status: "bytes", bytes: Buffer.concat(chunks, sizeBytes) };
    } catch (error) {
      // Only the code: whatever else it holds may name the address.
      log.warn("a picture could not be fetched", { code: networkCode(error) });
      return refused("unreachable");
    }
  }

  return { open, close: () => agent.destroy() };
}

/** Each name escaped on its own; null for what leads up, begins at a root, or is no path of names. */
function escapedPath(path: string): string | null {
  const names = path.split("/");
  const isPlain = names.every((name) => name !== "" && name !== "." && name !== "..");
  // Control characters, backslashes, drive letters and half surrogates have no place in it.
  if (!isPlain || path.length > PATH_CHARS || /[\p{Cc}\p{Cs}\\:]/u.test(path)) return null;
  return names.map(encodeURIComponent).join("/");
}

function refused(why: Refused["why"]): Refused {
  return { status: "refused", why };
}
