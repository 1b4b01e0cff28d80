import { createHash } from "node:crypto";
import { scheduler } from "node:timers/promises";
import type { AssetId } from "../core/identifiers.ts";
import type { MediaKind } from "../core/ports/generator.ts";
import type { IntakeResult, MediaIntake, MediaStore } from "../core/ports/media.ts";
import type { ImageWork } from "./image-work.ts";
import { inspect } from "./inspect.ts";

/** The guard for foreign URLs, as the composition root passes it in (`createSafeFetch` of the providers). */
export type FetchMedia = (request: {
  readonly url: string;
  readonly maxBytes: number;
  readonly totalMs: number;
  /** Missing: any public host. */
  readonly hosts?: { readonly suffixes: readonly string[]; readonly trustedOrigins: readonly string[] };
  readonly signal: AbortSignal;
}) => Promise<
  | { readonly ok: true; readonly bytes: Uint8Array }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly because?: string;
      /** The name leads into a network that is not public. */
      readonly isPrivate?: boolean;
      readonly httpStatus?: number;
      readonly retryAfterMs?: number;
    }
>;

/** Largest file that is taken in, and how long its download may take. A 4K picture is 20 MB, 8 s of 1080p 40 MB. */
const LIMITS: Readonly<Record<MediaKind, { maxBytes: number; totalMs: number }>> = {
  image: { maxBytes: 30 * 1024 * 1024, totalMs: 60_000 },
  video: { maxBytes: 200 * 1024 * 1024, totalMs: 180_000 },
};

/** Answers after which the link itself is dead. */
const GONE = [401, 403, 404, 410];
/** Reasons that may pass by themselves. */
const PASSING = ["network", "time", "dns"];

const SLICE_BYTES = 4 * 1024 * 1024;

/** Slice by slice: 200 MB at once would hold up every member for half a second. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    hash.update(bytes.subarray(at, at + SLICE_BYTES));
    if (at + SLICE_BYTES < bytes.length) await scheduler.yield();
  }
  return hash.digest("hex");
}

export function createMediaIntake(deps: {
  store: MediaStore;
  images: ImageWork;
  fetch: FetchMedia;
}): MediaIntake {
  async function take(assetId: AssetId, kind: MediaKind, bytes: Uint8Array): Promise<IntakeResult> {
    if (bytes.length > LIMITS[kind].maxBytes) return { status: "unusable", detail: "too large" };
    const inspection = await inspect(bytes, kind, deps.images);
    if (inspection.status !== "fine") return { status: "unusable", detail: inspection.detail };
    const { extension, ...facts } = inspection.facts;
    const hash = await sha256(bytes);
    const key = `${assetId}/${hash}.${extension}`;
    await deps.store.put(key, bytes, facts.contentType);
    return { status: "stored", media: { key, ...facts, sizeBytes: bytes.length, sha256: hash } };
  }

  return {
    fromBytes: take,
    async fromUrl(assetId, kind, url, hosts, signal) {
      const fetched = await deps.fetch({ url, hosts, signal, ...LIMITS[kind] });
      if (fetched.ok) return take(assetId, kind, fetched.bytes);
      const { reason, because, httpStatus, retryAfterMs } = fetched;
      if (httpStatus !== undefined) {
        const detail = `http ${httpStatus}`;
        if (GONE.includes(httpStatus)) return { status: "gone" };
        const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
        return { status: "unreachable", detail, ...wait };
      }
      const detail = because === undefined ? reason : `${reason} ${because}`;
      const mayPass = PASSING.includes(because ?? reason);
      return { status: mayPass ? "unreachable" : "unusable", detail };
    },
  };
}
