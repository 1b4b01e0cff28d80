import type { Reply } from "../../core/conversation/text.ts";
import type { SendContext } from "../../core/ports/messenger.ts";
import type { Calls } from "./calls.ts";
import type { Failure } from "./errors.ts";
import { answerTo, placeOf } from "./place.ts";
import type { ResultRef, StatusRef } from "./refs.ts";
import { renderLine, renderMessage } from "./render.ts";

/** After a wait like this a short new message follows an edit, because edits notify nobody. */
export const LONG_WAIT_MS = 60_000;
const ANNOUNCEMENT_CHARS = 200;

/** Null when it is told, or when it will never be. */
export type Announce = (
  reply: Reply,
  ref: StatusRef | ResultRef,
  context: SendContext,
) => Promise<Failure | null>;

/** In a group it answers the member's own message, which notifies the member; alone it points to the result. */
export function createAnnounce(calls: Calls): Announce {
  return async (reply, ref, context) => {
    const place = placeOf(context.target);
    const { quote: _, buttons: __, ...words } = reply;
    const line = renderLine(words.title ? { ...words, text: [] } : words, context, ANNOUNCEMENT_CHARS);
    const { html } = renderMessage({ text: [line], private: reply.private }, context);
    const told = await calls.follow(place.group ? place : answerTo(place, ref), html, context.signal);
    return told.failure;
  };
}
