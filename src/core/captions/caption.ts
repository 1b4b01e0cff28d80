import type { AssetId } from "../identifiers.ts";
import type { CaptionRequest } from "../ports/captions.ts";
import type { MediaKind } from "../ports/generator.ts";
import type { CaptionStore, Caption as KeptCaption } from "../ports/post-stores.ts";

/** What a network takes of one post. */
export interface CaptionLimits {
  /** In the network's own way of counting, which is `count`'s. */
  readonly characters: number;
  readonly hashtags: number;
  count(text: string): number;
}

/** What a caption is wanted for. */
export interface CaptionWish {
  readonly kind: MediaKind;
  readonly prompt: string;
  /** What the model is shown (`createCaptionPictures`); only called when a model is asked. */
  picture(): Promise<CaptionRequest["image"]>;
  /** A name for people: `Instagram`; null: for no network in particular. */
  readonly network: string | null;
  readonly limits: CaptionLimits;
  /** BCP 47. */
  readonly language: string;
  /** The member's own instructions, or null. */
  readonly instructions: string | null;
  /** `repair`: the same once more, for these limits. */
  readonly change: CaptionRequest["change"];
  /** What is to be changed; for another new one, what it should differ from; null: nothing. */
  readonly previous: string | null;
}

/** Cleaned and within the limits: safe to show, to store and to post. */
export interface Caption {
  /** Without its hashtags, see `composeCaption`. */
  readonly text: string;
  /** Without the #; at most 5. */
  readonly hashtags: readonly string[];
  /** At most 1,000 characters, one paragraph. */
  readonly altText: string;
  readonly language: string;
  /** Null for a template. */
  readonly model: string | null;
  /** No model wrote it; the member is told. */
  readonly template: boolean;
  /** Why none did; null where one did, or where there is none. */
  readonly lack: CaptionLack | null;
}

/** Why the model that is there wrote no caption. */
export type CaptionLack =
  /** It did not answer, declined, or wrote what cannot be posted. */
  | { readonly why: "unusable" }
  /** The calls of today are used up, the member's or everybody's; more from `until` on. */
  | { readonly why: "member-limit" | "instance-limit"; readonly until: number };

/** The text of the post: the hashtags come last, in a paragraph of their own. */
export function composeCaption(caption: Pick<Caption, "text" | "hashtags">): string {
  const tags = caption.hashtags.map((tag) => `#${tag}`).join(" ");
  return [caption.text, tags].filter((part) => part !== "").join("\n\n");
}

/** What stands under a result: words for one network only where there are no others. */
export async function resultCaption(
  captions: Pick<CaptionStore, "latest">,
  assetId: AssetId,
): Promise<KeptCaption | null> {
  return (await captions.latest(assetId, null)) ?? (await captions.latest(assetId));
}
