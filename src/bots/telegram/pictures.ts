import { z } from "zod";
import type { PictureName } from "../../core/conversation/intents.ts";
import type { Attached, IncomingMessage } from "./updates.ts";

/** Largest file that a bot may download. Source: Bot API, getFile, read 2026-11. */
export const DOWNLOAD_BYTES = 20 * 1024 * 1024;

/** A picture's name in rows: the file's id for this bot, and its size as far as the message told it. */
export const pictureName = z.object({
  fileId: z.string().min(1).max(256),
  sizeBytes: z.number().int().nonnegative().nullable(),
});

/** A file of a message. `isPicture` false: it will be refused by its bytes, in words. */
export interface AttachedFile {
  readonly picture: PictureName;
  readonly isPicture: boolean;
}

/** The file that a message shows; null for none, and for what nobody would take for a picture. */
export function fileOf(content: Attached): AttachedFile | null {
  const { photo, animation, document, sticker, video } = content;
  if (photo && photo.length > 0) return named(largest(photo), true);
  // Before the document, which is the same film once more.
  if (animation) return named(animation, false);
  if (document) return named(document, document.mime_type?.toLowerCase().startsWith("image/") ?? false);
  if (sticker) return sticker.is_animated || sticker.is_video ? null : named(sticker, true);
  return video ? named(video, false) : null;
}

/** The picture of the message that is answered, here or in another chat; films and other files are none. */
export function answeredPicture({ reply_to_message, external_reply }: IncomingMessage): PictureName | null {
  for (const content of [reply_to_message, external_reply]) {
    const file = content ? fileOf(content) : null;
    if (file?.isPicture) return file.picture;
  }
  return null;
}

/** The last of them as the mask of the picture that they, or the message that is answered, bring. */
export function withMask(own: readonly PictureName[]): readonly PictureName[] {
  return own.map((picture, index) => (index === own.length - 1 ? { ...picture, role: "mask" } : picture));
}

type Photo = NonNullable<Attached["photo"]>[number];

/** The largest that can be downloaded; where none can, the largest, so that it is refused for its size. */
function largest(sizes: readonly Photo[]): Photo {
  // Of equals the later one: that is how they are listed.
  const byArea = sizes.toReversed().toSorted((a, b) => areaOf(b) - areaOf(a));
  const fitting = byArea.find(({ file_size }) => (file_size ?? 0) <= DOWNLOAD_BYTES);
  return fitting ?? byArea[0] ?? { file_id: "" };
}

function areaOf({ width, height }: Photo): number {
  return (width ?? 0) * (height ?? 0);
}

function named(
  { file_id, file_size }: { readonly file_id: string; readonly file_size?: number | null | undefined },
  isPicture: boolean,
): AttachedFile {
  const name = { fileId: file_id, sizeBytes: file_size ?? null };
  return { picture: { role: "picture", name }, isPicture };
}
