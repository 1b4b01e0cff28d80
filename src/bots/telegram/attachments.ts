import { InputFile } from "grammy";
import type { OutgoingMedia } from "../../core/ports/messenger.ts";

type File = NonNullable<OutgoingMedia["file"]>;

/** A picture, a video or a plain file, as the sending and the editing methods take it. */
export type Attachment =
  | { readonly type: "photo"; readonly media: InputFile }
  | {
      readonly type: "video";
      readonly media: InputFile;
      readonly width: number;
      readonly height: number;
      readonly duration: number;
      readonly supports_streaming: true;
    }
  | { readonly type: "document"; readonly media: InputFile };

export function attachmentOf(media: OutgoingMedia, file: File): Attachment {
  const upload = new InputFile(file.bytes, file.name);
  if (media.form === "file") return { type: "document", media: upload };
  if (!file.contentType.startsWith("video/")) return { type: "photo", media: upload };
  return {
    type: "video",
    media: upload,
    width: file.width,
    height: file.height,
    duration: Math.max(1, Math.round((file.durationMs ?? 0) / 1_000)),
    supports_streaming: true,
  };
}
