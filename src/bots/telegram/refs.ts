import { z } from "zod";
import type { Json } from "../../core/json.ts";
import { toJson } from "./json.ts";

/** What a delivery gives back, and what is read of it when the same message is sent or changed again. */

const statusRef = z.object({
  chatId: z.number().int(),
  /** Absent while only the album stands there. */
  messageId: z.number().int().optional(),
  /** Placeholders of a batch, by their place. */
  tileIds: z.array(z.number().int()).optional(),
  /** The short message that the batch is ready has gone out. */
  announced: z.boolean().optional(),
});

const resultRef = z.object({
  chatId: z.number().int(),
  messageId: z.number().int().optional(),
  /** A placeholder was changed, which notifies nobody. */
  edited: z.boolean(),
  /** It is a member of an album, which carries no buttons. */
  inAlbum: z.boolean().optional(),
  /** What did not fit under the media has gone out, as this message where its id is known. */
  restSent: z.boolean().optional(),
  restId: z.number().int().optional(),
  announced: z.boolean().optional(),
});

const cardRef = z.object({
  chatId: z.number().int(),
  /** Absent while only the words that stand before it were sent. */
  messageId: z.number().int().optional(),
  beforeIds: z.array(z.number().int()).default([]),
});

export type CardRef = z.output<typeof cardRef>;
export type StatusRef = z.output<typeof statusRef>;
export type ResultRef = z.output<typeof resultRef>;

export function readStatusRef(ref: Json): StatusRef | null {
  return statusRef.safeParse(ref).data ?? null;
}

export function readResultRef(ref: Json): ResultRef | null {
  return resultRef.safeParse(ref).data ?? null;
}

export function readCardRef(ref: Json): CardRef | null {
  return cardRef.safeParse(ref).data ?? null;
}

export function writeRef(ref: StatusRef | ResultRef | CardRef): Json {
  return toJson(ref);
}

/** The id 0 only says that the message will appear later: nothing can be done with it. */
export function idOf(messageId: number): { messageId?: number } {
  return messageId > 0 ? { messageId } : {};
}
