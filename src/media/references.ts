import { createHash } from "node:crypto";
import type { MediaStore, ReferenceIntake, ReferenceResult, StoredReference } from "../core/ports/media.ts";
import { typeOf } from "./inspect.ts";
import type { FetchMedia } from "./intake.ts";
import type { PictureWorker } from "./picture-process.ts";

/** Largest file from a member; phones make 3 to 12 MB. */
const MAX_BYTES = 20 * 1024 * 1024;
/** For the whole download: somebody is waiting for the answer. */
const TOTAL_MS = 20_000;

/** Answers after which the link itself is dead. */
const GONE = [401, 403, 404, 410];

type Why = Extract<ReferenceResult, { status: "refused" }>["why"];

/** What a member is told where the guard did not bring the file. All other rules of it say: not such a link. */
const WHY: Readonly<Record<string, Why>> = {
  dns: "unreachable",
  network: "unreachable",
  time: "unreachable",
  type: "unreachable",
  size: "too-large",
};

const refused = (why: Why, detail: string): ReferenceResult => ({ status: "refused", why, detail });

function refusalOf(failure: Extract<Awaited<ReturnType<FetchMedia>>, { ok: false }>): ReferenceResult {
  const { reason, because, httpStatus, isPrivate } = failure;
  if (httpStatus !== undefined) {
    return refused(GONE.includes(httpStatus) ? "gone" : "unreachable", `http ${httpStatus}`);
  }
  const rule = because === undefined ? reason : `${reason} ${because}`;
  // For the log only: told apart, members could try out which names exist in the operator's own network.
  const detail = isPrivate ? `${rule} private` : rule;
  return refused(WHY[because ?? reason] ?? "not-allowed", detail);
}

/**
 * Pictures from members: fetched through the guard, typed by their bytes, drawn anew apart from this process.
 * What is stored has nothing in it but pixels; the bytes that came are dropped.
 */
export function createReferenceIntake(deps: {
  store: MediaStore;
  fetch: FetchMedia;
  pictures: PictureWorker;
}): ReferenceIntake {
  async function take(
    prefix: string,
    role: StoredReference["role"],
    bytes: Uint8Array,
  ): Promise<ReferenceResult> {
    if (bytes.length > MAX_BYTES) return refused("too-large", "too many bytes");
    const type = typeOf(bytes);
    if (type === null || type === "video/mp4") {
      return refused("not-a-picture", type === null ? "unknown type" : "video");
    }
    const drawn = await deps.pictures.redraw(bytes, role);
    if (drawn.status === "busy") return refused("unreachable", drawn.detail);
    if (drawn.status !== "clean") return refused(drawn.status, drawn.detail);
    const { bytes: clean, ...facts } = drawn.picture;
    const sha256 = createHash("sha256").update(clean).digest("hex");
    const key = `${prefix}/${sha256}.${facts.contentType === "image/png" ? "png" : "jpg"}`;
    await deps.store.put(key, clean, facts.contentType);
    const reference = { key, ...facts, sizeBytes: clean.length, durationMs: null, sha256, role };
    return { status: "stored", reference };
  }

  return {
    fromBytes: take,
    async fromUrl(prefix, role, url, hosts, signal) {
      const limits = { maxBytes: MAX_BYTES, totalMs: TOTAL_MS };
      const fetched = await deps.fetch({ url, signal, ...limits, ...(hosts ? { hosts } : {}) });
      return fetched.ok ? take(prefix, role, fetched.bytes) : refusalOf(fetched);
    },
  };
}
