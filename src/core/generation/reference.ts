import { z } from "zod";
import type { AssetId, Platform } from "../identifiers.ts";
import { isAssetId } from "../identifiers.ts";
import type { Json } from "../json.ts";

/** What a reference is for: the picture to work from, or the mask that says where it may change. */
export type ReferenceRole = "picture" | "mask";

/**
 * Where a reference image is to be taken from. Only our own copy of it ever goes to a provider.
 * - `url`: a link that a member pasted
 * - `picture`: one that stands on a platform, in the platform's own words (`Messenger.openPicture`)
 * - `asset`: the result of an earlier request of the same member
 * - `reference-of`: what an earlier request of the same member was made from
 * - `upload`: a file that was handed in before (`Uploads`), by its id
 */
export type ReferenceSource =
  | { readonly kind: "url"; readonly role: ReferenceRole; readonly url: string }
  | {
      readonly kind: "picture";
      readonly role: ReferenceRole;
      readonly platform: Platform;
      readonly name: Json;
    }
  | { readonly kind: "asset"; readonly role: ReferenceRole; readonly id: AssetId }
  | {
      readonly kind: "reference-of";
      readonly role: ReferenceRole;
      readonly id: AssetId;
      readonly index: number;
    }
  | { readonly kind: "upload"; readonly role: ReferenceRole; readonly id: string };

const role = z.enum(["picture", "mask"]);
const assetId = z.custom<AssetId>((value) => typeof value === "string" && isAssetId(value));

/** For rows that keep a request until a button is pressed. */
export const referenceSourceSchema: z.ZodType<ReferenceSource> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("url"), role, url: z.string() }),
  z.object({ kind: z.literal("picture"), role, platform: z.string(), name: z.json() }),
  z.object({ kind: z.literal("asset"), role, id: assetId }),
  z.object({ kind: z.literal("reference-of"), role, id: assetId, index: z.number().int() }),
  z.object({ kind: z.literal("upload"), role, id: z.string() }),
]);
