import type { Reply } from "../../core/conversation/text.ts";
import { formsFor } from "../../core/delivery/form.ts";
import type { Log } from "../../core/ports/log.ts";
import type { MediaStore } from "../../core/ports/media.ts";
import { type Attachment, attachmentOf } from "./attachments.ts";
import type { Calls, MessageId } from "./calls.ts";
import type { Cards } from "./cards.ts";
import { LIMITS } from "./limits.ts";
import { type Reading, renderCard } from "./render.ts";

/** Puts a reply that shows a file in the place of a message; false: it has to come anew. */
export type ChangeCard = (message: MessageId, reply: Reply, reading: Reading) => Promise<boolean>;

export interface ChangeCardOptions {
  readonly calls: Pick<Calls, "editText" | "editCaption" | "editFile">;
  readonly cards: Cards;
  readonly media: Pick<MediaStore, "read">;
  readonly log: Log;
}

/**
 * The same file stays and only its words change. Words that are too long to stand under it were sent before it; they
 * can be changed where this process knows them.
 */
export function createChangeCard({ calls, cards, media, log }: ChangeCardOptions): ChangeCard {
  return async (message, reply, reading) => {
    if (!reply.media) return false;
    const signal = new AbortController().signal;
    const { before, caption } = renderCard(reply, reading);
    const known = cards.get(message);
    const standing = known?.before ?? [];
    if (standing.length !== before.length) return false;
    for (const [at, html] of before.entries()) {
      const part = standing[at];
      if (part === undefined) return false;
      if (part.html === html) continue;
      const place = { chatId: message.chatId, messageId: part.messageId };
      const edited = await calls.editText(place, { html, rest: null, keyboard: undefined }, signal);
      if (!edited.ok && edited.failure.kind !== "unchanged") return false;
    }
    const fileKey = reply.media.file.key;
    const attachment = known?.fileKey === fileKey ? null : await open(reply.media);
    if (attachment === undefined) return false;
    const edited =
      attachment === null
        ? await calls.editCaption(message, caption, signal)
        : await calls.editFile(message, attachment, caption, signal);
    if (!edited.ok && edited.failure.kind !== "unchanged") return false;
    const told = standing.map(({ messageId }, at) => ({ messageId, html: before[at] ?? "" }));
    cards.set(message, { fileKey, before: told });
    return true;
  };

  /** Undefined: the file is not there, or too large for this platform. */
  async function open({ file }: NonNullable<Reply["media"]>): Promise<Attachment | undefined> {
    const kind = file.contentType === "video/mp4" ? "video" : "image";
    const [form] = formsFor(file, kind, LIMITS, undefined);
    if (form !== "inline" && form !== "file") return undefined;
    try {
      const bytes = await media.read(file.key);
      if (bytes === null) return undefined;
      const name = `easel-post${file.key.slice(file.key.lastIndexOf("."))}`;
      const { contentType, width, height, durationMs } = file;
      const upload = { name, contentType, bytes, width, height, durationMs };
      return attachmentOf({ kind, form, file: upload, altText: "" }, upload);
    } catch (err) {
      log.error("a file to be shown could not be read", { err });
      return undefined;
    }
  }
}
