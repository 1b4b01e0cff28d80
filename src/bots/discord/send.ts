import type { Clock } from "../../core/ports/clock.ts";
import type { SendContext, SendResult } from "../../core/ports/messenger.ts";
import { findSent, type NewMessage, nonceOf } from "./history.ts";
import type { DiscordRest, RestResult } from "./rest.ts";
import { messageIn, type Ref, type SentMessage } from "./wire.ts";

/** `next`: this way is closed for good (401, 403, 404), the next one is tried and this one never again. */
export type Step = SendResult | "next";

/** Inside this time a repeat with the same nonce gives back the first message. */
const NONCE_MS = 60_000;

export type CreateMessage = (
  channelId: string,
  message: NewMessage,
  context: SendContext,
  ref: Ref,
  applicationId: string,
) => Promise<Step>;

/** Creates a channel message at most once: by its nonce while it is young, by the channel's history later. */
export function createCreateMessage(dependencies: {
  readonly rest: DiscordRest;
  readonly clock: Clock;
}): CreateMessage {
  const { rest, clock } = dependencies;
  return async (channelId, message, context, ref, applicationId) => {
    if (context.tries > 1 && clock.now() - context.firstTriedAt > NONCE_MS) {
      const found = await findSent(rest, channelId, message, context, applicationId);
      if (found.status === "found") return standing(found.message);
      if (found.status === "stopped") return stepOf(found.result, "repeatable", ref);
    }
    const result = await rest.call({
      method: "POST",
      path: `/channels/${channelId}/messages`,
      body: {
        ...message.body,
        nonce: nonceOf(context),
        enforce_nonce: true,
        ...(message.replyTo === undefined
          ? {}
          : { message_reference: { message_id: message.replyTo, fail_if_not_exists: false } }),
      },
      files: message.files,
      signal: context.signal,
    });
    if (result.status !== "ok") return stepOf(result, "once", ref);
    const sent = messageIn(result.body);
    return sent === null ? { status: "unknown", detail: "unreadable answer", ref } : standing(sent);

    function standing({ id, attachments }: SentMessage): SendResult {
      const attachmentId = attachments?.[0]?.id ?? null;
      return { status: "sent", ref: { ...ref, byBot: true, channelId, messageId: id, attachmentId } };
    }
  };
}

/**
 * What a failed request means for the delivery. `repeatable`: doing it twice is the same as once, so a lost answer
 * is only a failure.
 */
export function stepOf(
  result: Exclude<RestResult, { status: "ok" }>,
  kind: "repeatable" | "once",
  ref: Ref,
): Step {
  switch (result.status) {
    case "limited":
      return { status: "wait", afterMs: result.afterMs, scope: result.scope, ref };
    case "not-sent":
      return { status: "failed", detail: result.detail, ref };
    case "lost":
      return { status: kind === "once" ? "unknown" : "failed", detail: result.detail, ref };
    case "refused":
      if (isTooLarge(result)) return { status: "too-large" };
      if ([401, 403, 404].includes(result.http) || CLOSED.has(result.code)) return "next";
      return { status: "undeliverable", reason: `refused ${result.http} ${result.code}` };
  }
}

export function isTooLarge(result: RestResult): boolean {
  return result.status === "refused" && (result.http === 413 || result.code === TOO_LARGE);
}

const TOO_LARGE = 40_005;
/** 400s that are about the place and not about the message: archived thread, wrong channel, no further follow-ups. */
const CLOSED = new Set([50_083, 50_024, 50_019, 40_094]);
