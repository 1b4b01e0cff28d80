import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../core/ports/clock.ts";
import type { Secret } from "../../core/secret.ts";
import type { CallbackRequest, ReadCallback } from "../module.ts";
import { callbackSchema, taskIdSchema } from "./schema.ts";

const MAX_BYTES = 256 * 1024;
/** How far the time of a signature may be off. KIE names no tolerance; this is what others of its kind allow. */
const WINDOW_MS = 5 * 60_000;

function taskIdOf(body: Uint8Array): string | null {
  if (body.length > MAX_BYTES) return null;
  try {
    const callback = callbackSchema.safeParse(JSON.parse(new TextDecoder().decode(body)));
    const id = taskIdSchema.safeParse(callback.data);
    return id.success ? id.data : null;
  } catch {
    return null;
  }
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * KIE signs only the task's id and the time, never the body: so the id is all that is taken from it.
 * Source: docs.kie.ai/common-api/webhook-verification.
 */
export function createReadCallback(deps: {
  /** Missing: the address itself, which only KIE was given, is the only proof. */
  readonly key: Secret | undefined;
  readonly clock: Pick<Clock, "now">;
}): ReadCallback {
  const { key, clock } = deps;

  function isSigned(request: CallbackRequest, taskId: string, by: Secret): boolean {
    const timestamp = request.header("x-webhook-timestamp") ?? "";
    const signature = request.header("x-webhook-signature") ?? "";
    if (!/^\d{1,12}$/.test(timestamp)) return false;
    if (Math.abs(clock.now() - Number(timestamp) * 1_000) > WINDOW_MS) return false;
    const wanted = createHmac("sha256", by.reveal()).update(`${taskId}.${timestamp}`).digest("base64");
    return timingSafeEqual(digest(wanted), digest(signature));
  }

  return (request) => {
    const taskKey = taskIdOf(request.body);
    if (taskKey === null) return null;
    return key === undefined || isSigned(request, taskKey, key) ? { taskKey } : null;
  };
}
