import type { Outgoing, SendContext, SendResult } from "../../core/ports/messenger.ts";
import { webhook } from "./answers.ts";
import type { Place } from "./place.ts";
import { described, type MessageBody, renderReply } from "./render.ts";
import type { DiscordRest, RestResult } from "./rest.ts";
import { stepOf } from "./send.ts";
import { amended } from "./shared-answer.ts";
import { messageIn, type Ref, readRef, type SentMessage } from "./wire.ts";

type Amend = Extract<Outgoing, { kind: "amend" }>;

/** How the message of a result can be reached now. */
export interface Reach {
  readonly place: Place;
  readonly tokenLives: boolean;
  /** Results stand in the answer to the interaction, where the bot itself cannot reach them. */
  readonly inAnswer: boolean;
}

/**
 * New words, buttons and alt text for a result that stands there. Its files are kept: the list of an edit names
 * each. What is gone, archived or out of reach counts as done.
 */
export function createAmend(rest: DiscordRest) {
  return async (amend: Amend, { place, tokenLives, inAnswer }: Reach, context: SendContext) => {
    const found = readRef(amend.resultRef);
    // What an earlier change put there counts, for the one after it.
    const ref: Ref = { ...found, words: readRef(context.ref).words ?? found.words };
    const done: SendResult = { status: "sent", ref };
    if (ref.messageId === null || ref.gone) return done;
    const { signal } = context;
    const body = renderReply(amend.reply);
    if (isFollowUp(ref)) {
      if (!tokenLives) return done;
      const path = `${webhook(place)}/messages/${ref.messageId}`;
      return settled(await rest.call({ method: "PATCH", path, authorized: false, body, signal }), ref);
    }
    if (!ref.byBot && tokenLives) {
      const request = { path: `${webhook(place)}/messages/@original`, authorized: false, signal };
      const there = await rest.call({ method: "GET", ...request });
      if (there.status !== "ok") return settled(there, ref);
      const before = messageIn(there.body);
      const changed = before === null ? body : changedAnswer(before, ref, body, amend.altText);
      return settled(await rest.call({ method: "PATCH", ...request, body: changed }), {
        ...ref,
        words: body.content,
      });
    }
    if (!ref.byBot && inAnswer) return done;
    const path = `/channels/${ref.channelId ?? place.channelId}/messages/${ref.messageId}`;
    const attachments =
      ref.attachmentId === null
        ? {}
        : { attachments: [{ id: ref.attachmentId, ...described(amend.altText) }] };
    return settled(
      await rest.call({ method: "PATCH", path, body: { ...body, ...attachments }, signal }),
      ref,
    );
  };
}

/** A message of its own through the interaction, which the bot itself may not reach. */
function isFollowUp({ byBot, words, fileName }: Ref): boolean {
  return !byBot && words === null && fileName === null;
}

function changedAnswer(before: SentMessage, ref: Ref, body: MessageBody, altText: string): MessageBody {
  const files = before.attachments ?? [];
  const isOwn = ({ filename }: { filename?: string | null | undefined }): boolean =>
    filename === ref.fileName;
  const attachments = files.map((file) => ({ id: file.id, ...(isOwn(file) ? described(altText) : {}) }));
  const isShared = !files.every(isOwn);
  return { ...(isShared ? amended(before, ref.words, body) : body), attachments };
}

function settled(result: RestResult, ref: Ref): SendResult {
  const step = result.status === "ok" ? "next" : stepOf(result, "repeatable", ref);
  return step === "next" ? { status: "sent", ref } : step;
}
