import { z } from "zod";
import { referenceSourceSchema } from "../generation/reference.ts";
import type { Wish } from "../generation/wish.ts";
import type { Json } from "../json.ts";

/** How long an offer with buttons can be answered. */
export const DRAFT_LIFE_MS = 24 * 3_600_000;

/** A request that waits in a row for a press or for words. */
export const draftSchema = z.object({
  prompt: z.string(),
  kind: z.enum(["image", "video"]).optional().catch(undefined),
  provider: z.string().optional(),
  style: z.string().optional(),
  aspect: z.string().optional(),
  count: z.number().int().optional().catch(undefined),
  references: z.array(referenceSourceSchema).optional(),
  private: z.boolean().optional(),
});
export type Draft = z.output<typeof draftSchema>;

/** A wish as a draft: what is not one of ours (a type that does not exist) is left out. */
export function draftOf(wish: Wish): Draft {
  return draftSchema.parse(wish);
}

/** As JSON for the row. */
export function draftContent(draft: Draft): Json {
  const json: unknown = JSON.parse(JSON.stringify(draft));
  return z.json().parse(json);
}
