import type { SendContext, SendResult } from "../../core/ports/messenger.ts";
import { webhook } from "./answers.ts";
import type { Place } from "./place.ts";
import type { DiscordRest, RestResult } from "./rest.ts";
import { stepOf } from "./send.ts";
import { messageIn, type Ref } from "./wire.ts";

/**
 * Takes a message of ours away. What is gone already is taken away as well. A file in an answer to an interaction
 * goes alone when the answer carries others; once the token is dead nobody can take it away any more.
 */
export function createRemoval(
  rest: DiscordRest,
): (ref: Ref, place: Place, tokenLives: boolean, context: SendContext) => Promise<SendResult> {
  return async (ref, place, tokenLives, context) => {
    if (ref.messageId === null) return { status: "sent", ref };
    if (ref.byBot) {
      const path = `/channels/${ref.channelId ?? place.channelId}/messages/${ref.messageId}`;
      return settled(await rest.call({ method: "DELETE", path, signal: context.signal }), ref);
    }
    if (!tokenLives) return { status: "undeliverable", reason: "the interaction has ended" };
    const path = `${webhook(place)}/messages/@original`;
    const request = { path, authorized: false, signal: context.signal };
    const there = await rest.call({ method: "GET", ...request });
    if (there.status !== "ok") return settled(there, ref);
    const files = messageIn(there.body)?.attachments ?? [];
    const kept = files.filter(({ filename }) => filename !== ref.fileName);
    if (kept.length === 0) return settled(await rest.call({ method: "DELETE", ...request }), ref);
    const body = { attachments: kept.map(({ id }) => ({ id })) };
    return settled(await rest.call({ method: "PATCH", ...request, body }), ref);
  };
}

function settled(result: RestResult, ref: Ref): SendResult {
  if (result.status === "ok") return { status: "sent", ref };
  const step = stepOf(result, "repeatable", ref);
  if (step !== "next") return step;
  const isGone = result.status === "refused" && result.http === 404;
  return isGone ? { status: "sent", ref } : { status: "undeliverable", reason: "not permitted to delete" };
}
