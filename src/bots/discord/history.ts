import type { SendContext } from "../../core/ports/messenger.ts";
import { customIds, type MessageBody, type MessageFile } from "./render.ts";
import type { DiscordRest, RestResult } from "./rest.ts";
import { messagesIn, type SentMessage } from "./wire.ts";

const PAGE = 100;
const PAGES = 5;
/** Before the first try: the clocks of two machines. */
const EARLIER_MS = 10_000;

export interface NewMessage {
  readonly body: MessageBody;
  readonly files: readonly MessageFile[];
  readonly replyTo?: string;
}

/** 25 characters at most; the end of our id is its random part. */
export function nonceOf(context: SendContext): string {
  return context.deliveryId.slice(-25);
}

type Found =
  | { readonly status: "found"; readonly message: SentMessage }
  | { readonly status: "none" }
  | { readonly status: "stopped"; readonly result: Exclude<RestResult, { status: "ok" }> };

/** Whether an earlier try of this delivery arrived after all: looks back through the channel until then. */
export async function findSent(
  rest: DiscordRest,
  channelId: string,
  message: NewMessage,
  context: SendContext,
  applicationId: string,
): Promise<Found> {
  const since = context.firstTriedAt - EARLIER_MS;
  let before = "";
  for (let page = 0; page < PAGES; page += 1) {
    const result = await rest.call({
      method: "GET",
      path: `/channels/${channelId}/messages?limit=${PAGE}${before}`,
      signal: context.signal,
    });
    if (result.status !== "ok") return { status: "stopped", result };
    const messages = messagesIn(result.body);
    const ours = messages.find((other) => isSame(other, message, context, applicationId));
    if (ours !== undefined) return { status: "found", message: ours };
    const oldest = messages.at(-1);
    if (messages.length < PAGE || oldest === undefined) break;
    if (oldest.timestamp && Date.parse(oldest.timestamp) < since) break;
    before = `&before=${oldest.id}`;
  }
  return { status: "none" };
}

/** By its nonce; else ours, with the same files, and the same buttons (they name the asset) or the same words. */
function isSame(
  other: SentMessage,
  message: NewMessage,
  context: SendContext,
  applicationId: string,
): boolean {
  if (applicationId !== "" && other.author?.id !== applicationId) return false;
  if (other.nonce === nonceOf(context)) return true;
  const names = (other.attachments ?? []).map(({ filename }) => filename).join("/");
  if (names !== message.files.map(({ name }) => name).join("/")) return false;
  const [buttons, wanted] = [customIds(other.components), customIds(message.body.components)];
  if (wanted.length > 0) return wanted.join() === buttons.join();
  return (other.content ?? "").trim() === message.body.content.trim();
}
