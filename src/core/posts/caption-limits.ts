import type { CaptionLimits } from "../captions/caption.ts";
import type { Network } from "../ports/publisher.ts";
import { rulesOf } from "./networks.ts";
import { countCharacters } from "./text-fit.ts";

/** Captions for no network in particular fit the one that is asked for most. */
const STANDARD: Network = "instagram";
const HASHTAGS = 5;

/** What a caption for this network may have at most. */
export function limitsOf(network: Network | null): {
  readonly label: string | null;
  readonly limits: CaptionLimits;
} {
  const { label, text, hashtags } = rulesOf(network ?? STANDARD);
  return {
    label: network === null ? null : label,
    limits: {
      characters: text.limit,
      hashtags: Math.min(hashtags ?? HASHTAGS, HASHTAGS),
      count: (words) => countCharacters(words, network ?? STANDARD),
    },
  };
}
