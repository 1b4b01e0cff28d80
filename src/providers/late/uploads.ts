import type { Publisher } from "../../core/ports/publisher.ts";
import type { LateClient } from "./client.ts";
import { readFailure } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import type { Links } from "./links.ts";
import { presignSchema } from "./schema.ts";

const TIMEOUT_MS = 120_000;
const MAX_BYTES = 64 * 1024;

/** What may stand in a link everywhere. */
const fileName = (name: string): string => name.replace(/[^\w.-]+/g, "-").slice(-100) || "media";

/**
 * Asks for a place, then puts the bytes there with the very type that was announced (it is part of the signature).
 * The storage is another host: it never sees our key.
 */
export function createLateUpload(deps: {
  readonly client: LateClient;
  readonly exchange: Exchange;
  readonly links: Links;
}): Publisher["upload"] {
  const { client, exchange, links } = deps;
  const failed = (detail: string) => ({ status: "failed", detail, operator: false }) as const;
  return async ({ name, contentType, bytes }, signal) => {
    const wanted = { filename: fileName(name), contentType, size: bytes.length };
    const answer = await client.post("/v1/media/presign", wanted, {}, signal);
    if (answer.kind !== "done") {
      const failure = readFailure<string>(answer);
      return failure.status === "gone" ? failed("late 404 presign") : failure;
    }
    const place = presignSchema.safeParse(answer.body);
    if (!place.success) return failed("late presign unreadable");
    const to = links.dialled(place.data.uploadUrl);
    // As it was given: the service compares it.
    const { publicUrl } = place.data;
    if (to === null || links.passedOn(publicUrl) === null) return failed("late upload link unusable");
    const put = await exchange.call({
      method: "PUT",
      url: to.href,
      addressFrom: to.from,
      headers: { "content-type": contentType },
      body: bytes,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      signal,
    });
    if (put.kind !== "answer")
      return failed(`late upload ${put.kind === "lost" ? put.detail : "not reached"}`);
    const isThere = put.status >= 200 && put.status < 300;
    return isThere ? { status: "ok", value: publicUrl } : failed(`late upload ${put.status}`);
  };
}
