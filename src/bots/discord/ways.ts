import type { Reply } from "../../core/conversation/text.ts";
import type { Outgoing, SendContext } from "../../core/ports/messenger.ts";
import { webhook } from "./answers.ts";
import type { Place } from "./place.ts";
import { EPHEMERAL, type MessageBody, type MessageFile, threadName } from "./render.ts";
import type { DiscordRest } from "./rest.ts";
import { type CreateMessage, type Step, stepOf } from "./send.ts";
import { added } from "./shared-answer.ts";
import { idIn, messageIn, type Ref, type SentMessage } from "./wire.ts";

/**
 * - `thread`: a thread started from the status message.
 * - `channel`: a message where the command was typed, as a reply to the status message.
 * - `answer`: the answer to the interaction is edited: text and files are added to it.
 * - `follow-up`: a further message through the interaction.
 * - `direct`: a message to the member alone.
 */
export type Way = "thread" | "channel" | "answer" | "follow-up" | "direct";

export interface Parcel {
  readonly kind: Outgoing["kind"];
  readonly body: MessageBody;
  readonly files: readonly MessageFile[];
  readonly reply: Reply;
  readonly place: Place;
  readonly context: SendContext;
  readonly ref: Ref;
  readonly statusRef: Ref;
  readonly isPrivate: boolean;
  /** The only result of its request, in a message of its own. */
  readonly isAlone: boolean;
}

const THREAD_EXISTS = 160_004;
const DM_CLOSED = 50_007;
/** Minutes of silence after which Discord archives a thread. */
const ARCHIVE_MINUTES = 60;
const REMEMBERED = 5000;

export function createWays(dependencies: {
  readonly rest: DiscordRest;
  readonly create: CreateMessage;
}): Readonly<Record<Way, (parcel: Parcel) => Promise<Step>>> {
  const { rest, create } = dependencies;
  /** Threads that are known to be there, and messages that none can start from. A lost entry costs one request. */
  const threads = new Map<string, "open" | "refused">();
  const directChannels = new Map<string, string>();

  return { thread, channel, answer, "follow-up": followUp, direct };

  async function thread(parcel: Parcel): Promise<Step> {
    const { statusRef, context, place } = parcel;
    // What is told of a result that stands in a thread goes there; writing to an archived one opens it again.
    if (statusRef.threadId !== null) {
      const message = { body: parcel.body, files: parcel.files };
      return create(statusRef.threadId, message, context, parcel.ref, place.applicationId);
    }
    if (statusRef.messageId === null || statusRef.gone) return "next";
    const messageId = statusRef.messageId;
    let { ref } = parcel;
    if (ref.threadId === null) {
      const known = threads.get(messageId);
      if (known === "refused") return "next";
      if (known === undefined) {
        const started = await startThread(parcel, messageId);
        if (started !== "open") return started;
      }
      // The thread of a message has the message's id.
      ref = { ...ref, threadId: messageId };
    }
    return create(messageId, { body: parcel.body, files: parcel.files }, context, ref, place.applicationId);
  }

  async function startThread(parcel: Parcel, messageId: string): Promise<Step | "open"> {
    const { place, statusRef, context, ref } = parcel;
    const result = await rest.call({
      method: "POST",
      path: `/channels/${statusRef.channelId ?? place.channelId}/messages/${messageId}/threads`,
      body: { name: threadName(parcel.reply), auto_archive_duration: ARCHIVE_MINUTES },
      signal: context.signal,
    });
    const isOpen = result.status === "ok" || (result.status === "refused" && result.code === THREAD_EXISTS);
    if (isOpen) {
      remember(threads, messageId, "open");
      return "open";
    }
    // Starting it twice is the same as once: the second time it says that it exists.
    if (result.status !== "refused") return stepOf(result, "repeatable", ref);
    remember(threads, messageId, "refused");
    return "next";
  }

  async function channel(parcel: Parcel): Promise<Step> {
    const { place, statusRef, context, ref } = parcel;
    if (!place.canSend) return "next";
    const mayRefer = place.canReadHistory && statusRef.channelId === place.channelId && !statusRef.gone;
    const message = {
      body: parcel.body,
      files: parcel.files,
      ...(mayRefer && statusRef.messageId !== null ? { replyTo: statusRef.messageId } : {}),
    };
    return create(place.channelId, message, context, ref, place.applicationId);
  }

  /** Edits may be repeated: a file that is already there is not added again, and one alone replaces whatever is. */
  async function answer(parcel: Parcel): Promise<Step> {
    const { place, context, ref, body, files, isAlone } = parcel;
    const request = {
      path: `${webhook(place)}/messages/@original`,
      authorized: false,
      signal: context.signal,
    };
    const [file] = files;
    const there = file === undefined || isAlone ? undefined : await rest.call({ method: "GET", ...request });
    if (there !== undefined && there.status !== "ok") return stepOf(there, "repeatable", ref);
    const before = there === undefined ? null : messageIn(there.body);
    const reached = (message: SentMessage | null) =>
      ({
        status: "sent",
        ref: {
          ...ref,
          messageId: message?.id ?? ref.messageId,
          fileName: file?.name ?? null,
          words: body.content,
        },
      }) as const;
    const attached = before?.attachments ?? [];
    if (attached.some(({ filename }) => filename === file?.name)) return reached(before);
    const full = attached.length === 0 || before === null ? body : added(before, body);
    const result = await rest.call({ method: "PATCH", ...request, body: full, files });
    if (result.status !== "ok") return stepOf(result, "repeatable", ref);
    return reached(messageIn(result.body));
  }

  /** Only words of the moment go this way (notices, replies): a lost answer may show them twice. */
  async function followUp(parcel: Parcel): Promise<Step> {
    const { place, context, ref, body, files, isPrivate } = parcel;
    const result = await rest.call({
      method: "POST",
      path: webhook(place),
      body: isPrivate ? { ...body, flags: body.flags | EPHEMERAL } : body,
      files,
      authorized: false,
      signal: context.signal,
    });
    if (result.status !== "ok") return stepOf(result, "once", ref);
    return { status: "sent", ref: { ...ref, messageId: messageIn(result.body)?.id ?? null } };
  }

  async function direct(parcel: Parcel): Promise<Step> {
    const { place, context, ref } = parcel;
    let channelId = directChannels.get(place.userId);
    if (channelId === undefined) {
      const body = { recipient_id: place.userId };
      const opened = await rest.call({
        method: "POST",
        path: "/users/@me/channels",
        body,
        signal: context.signal,
      });
      if (opened.status !== "ok") return stepOf(opened, "repeatable", ref);
      channelId = idIn(opened.body) ?? undefined;
      if (channelId === undefined) return { status: "failed", detail: "unreadable answer", ref };
      remember(directChannels, place.userId, channelId);
    }
    const message = { body: parcel.body, files: parcel.files };
    const step = await create(channelId, message, context, ref, place.applicationId);
    return step === "next"
      ? { status: "undeliverable", reason: `direct messages are closed (${DM_CLOSED})` }
      : step;
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (map.size >= REMEMBERED) {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
}
