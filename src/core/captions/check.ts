import type { WrittenCaption } from "../ports/captions.ts";
import { type Caption, type CaptionWish, composeCaption } from "./caption.ts";
import { cleanAltText, cleanHashtags, cleanWords, linksIn, splitHashtags } from "./clean.ts";

/** What is far above every limit is not even looked through. */
const LOOKED_THROUGH = (characters: number): number => 4 * characters + 2_000;
const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i;

export type CaptionCheck =
  | { readonly status: "fits"; readonly caption: Omit<Caption, "model" | "template" | "lack"> }
  /** Nothing is left of it, or it is over the limits even without hashtags; `text` is for the repair. */
  | { readonly status: "unusable"; readonly why: "empty" | "too-long"; readonly text: string };

/**
 * What a model wrote, as it may be posted. Hashtags that are too many go, the last ones first; a text that is too long
 * is not cut, since nobody knows where a sentence may end.
 */
export function checkCaption(written: WrittenCaption, wish: CaptionWish): CaptionCheck {
  const { limits, prompt, instructions, previous } = wish;
  const most = LOOKED_THROUGH(limits.characters);
  if (written.text.length > most) return { status: "unusable", why: "too-long", text: written.text };
  const split = splitHashtags(written.text);
  // Links of the member's own: typed, or left standing in a caption that was shown to them.
  const text = cleanWords(split.text, linksIn([prompt, instructions, previous]));
  if (text === "") return { status: "unusable", why: "empty", text };
  const hashtags = cleanHashtags([...split.hashtags, ...written.hashtags], limits.hashtags);
  const fits = (): boolean => limits.count(composeCaption({ text, hashtags })) <= limits.characters;
  while (hashtags.length > 0 && !fits()) hashtags.pop();
  if (!fits()) return { status: "unusable", why: "too-long", text };
  const language = LANGUAGE.test(written.language) ? written.language : wish.language;
  return {
    status: "fits",
    caption: { text, hashtags, altText: cleanAltText(written.altText) || cleanAltText(prompt), language },
  };
}
