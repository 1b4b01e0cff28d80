import { createHash, timingSafeEqual } from "node:crypto";
import type { Log } from "../../core/ports/log.ts";
import type { Secret } from "../../core/secret.ts";
import type { Mount } from "../module.ts";

const BODY_BYTES = 256 * 1024;
export const WEBHOOK_PREFIX = "/telegram";

export interface WebhookOptions {
  /** The whole path, not to be guessed. */
  readonly path: string;
  readonly secret: Secret;
  /** Commits; while it throws, Telegram is asked to come again. */
  readonly take: (updates: readonly unknown[]) => Promise<void>;
  readonly log: Log;
}

/** Where Telegram posts updates. Everything that is not from Telegram gets the same 404. */
export function createWebhookMount({ path, secret, take, log }: WebhookOptions): Mount {
  return {
    prefix: WEBHOOK_PREFIX,
    async fetch(request) {
      const isOurs = request.method === "POST" && new URL(request.url).pathname === path;
      const given = request.headers.get("x-telegram-bot-api-secret-token") ?? "";
      if (!equal(given, secret.reveal()) || !isOurs) return new Response(null, { status: 404 });
      const body = await readBody(request);
      if (body === null) return new Response(null, { status: 413 });
      let update: unknown;
      try {
        update = JSON.parse(body);
      } catch {
        return new Response(null, { status: 400 });
      }
      try {
        await take([update]);
      } catch (err) {
        log.error("an update could not be committed", { err });
        return new Response(null, { status: 503 });
      }
      return new Response(null, { status: 200 });
    },
  };
}

/** In constant time, whatever the lengths. */
function equal(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Null when it is larger than any update. */
async function readBody(request: Request): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
