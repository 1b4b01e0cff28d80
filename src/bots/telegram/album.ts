import { InputFile } from "grammy";
import { type TelegramApi, uploadSignal } from "./api.ts";
import type { Attachment } from "./attachments.ts";
import type { Place } from "./place.ts";
import type { Posted, Poster } from "./post.ts";
import { failedTile, waitingTile } from "./tiles.ts";

/** Sends the placeholders of a batch as one album; gives back their message ids by place. */
export type SendTiles = (place: Place, count: number, signal: AbortSignal) => Promise<Posted<number[]>>;

export function createAlbum(api: TelegramApi, poster: Poster): SendTiles {
  /** File ids of placeholders that were uploaded before. */
  const known = new Map<number, string>();
  return (place, count, signal) =>
    poster.post(place, async (where) => {
      const media = Array.from({ length: count }, (_, index) => ({
        type: "photo" as const,
        media: known.get(index) ?? new InputFile(waitingTile(index), `${index + 1}.png`),
      }));
      try {
        const sent = await api.sendMediaGroup({ ...where, media }, uploadSignal(signal));
        for (const [index, message] of sent.entries()) {
          const fileId = "photo" in message ? message.photo?.at(-1)?.file_id : undefined;
          if (fileId !== undefined) known.set(index, fileId);
        }
        return sent.map(({ message_id }) => message_id);
      } catch (error) {
        // Whatever it was: the next try uploads them again.
        known.clear();
        throw error;
      }
    });
}

/** What takes the place of a picture that did not come. */
export function failedAttachment(): Attachment {
  return { type: "photo", media: new InputFile(failedTile(), "failed.png") };
}
