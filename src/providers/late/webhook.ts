import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Publisher } from "../../core/ports/publisher.ts";
import type { Secret } from "../../core/secret.ts";
import { eventSchema } from "./schema.ts";

const MAX_BYTES = 1024 * 1024;
const MAX_ID_CHARS = 200;

const digest = (content: string): Buffer => createHash("sha256").update(content).digest();

const usable = (id: string | null | undefined): string | null =>
  typeof id === "string" && id.length > 0 && id.length <= MAX_ID_CHARS ? id : null;

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/**
 * Takes a webhook for what it is about. The signature is the hexadecimal HMAC-SHA256 of the body as it came, under the
 * service's new or old name; no time is signed, so an old event may come again: its id is the same then, and only
 * ids are taken from it. Source: docs.zernio.com, webhooks.
 */
export function createReadWebhook(secret: Secret | undefined): Publisher["readWebhook"] {
  return ({ header, body }) => {
    if (secret === undefined || body.length > MAX_BYTES) return null;
    const given = header("x-zernio-signature") ?? header("x-late-signature") ?? "";
    const wanted = createHmac("sha256", secret.reveal()).update(body).digest("hex");
    // Digests of one length each, so that the comparison tells neither length nor place of a difference.
    if (!timingSafeEqual(digest(wanted), digest(given.trim().toLowerCase()))) return null;
    const event = eventSchema.safeParse(parse(body));
    if (!event.success) return null;
    const { id, post, account } = event.data;
    // The header is not signed: it counts only where the body has no id.
    const eventId = usable(id) ?? usable(header("x-zernio-event-id"));
    if (eventId === null) return null;
    const platforms = post?.platforms ?? [];
    const [only] = platforms.length === 1 ? platforms : [];
    return {
      eventId,
      postId: usable(post?.metadata?.easelPostId),
      externalPostId: post?.["_id"] ?? post?.id ?? null,
      externalAccountId: account ?? only?.accountId ?? null,
    };
  };
}
