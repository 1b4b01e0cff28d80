import type { MediaAsset } from "../generation/asset.ts";
import { excerpt, normalisePrompt } from "../generation/prompt.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { MediaPreviews } from "../ports/media.ts";
import type { Caption, PostStores } from "../ports/post-stores.ts";
import type { Network } from "../ports/publisher.ts";
import type { User } from "../usage/user.ts";
import type { CaptionLimits, Caption as MadeCaption } from "./caption.ts";
import { isSameLanguage, ownLanguage } from "./languages.ts";
import { captionPicture } from "./picture.ts";
import type { Captions } from "./write.ts";

/** Captions of a member's results: written by the model, changed by the member, kept. */
export interface Captioning {
  /** A model writes them; else they are templates. */
  readonly isWritten: boolean;
  /** Whether results of this member carry one without being asked. */
  wantedBy(user: User): boolean;
  write(
    user: User,
    asset: MediaAsset,
    how: {
      readonly change: "new" | "shorter" | "longer";
      readonly language?: string;
      readonly network?: Network | null;
      /** Words for this one caption, before the member's own instructions. */
      readonly instructions?: string;
    },
  ): Promise<Caption>;
  /**
   * The same words for one network, within its limits: of a post that is put together, so kept nowhere. Null: the
   * model wrote nothing usable.
   */
  variant(user: User, asset: MediaAsset, network: Network, words: string): Promise<MadeCaption | null>;
  /** In the member's own words, mentions and hashtags included: only what cannot be seen is taken out. */
  own(user: User, asset: MediaAsset, text: string): Promise<Caption>;
  latest(asset: MediaAsset): Promise<Caption | null>;
  /** For who cannot see it: the caption's description, else the prompt. */
  altTextOf(asset: MediaAsset, caption: Caption | null): string;
}

const WRITE_MS = 90_000;
const ALT_GRAPHEMES = 900;
/** No network takes more. */
const OWN_UNITS = 5_000;

export function createCaptioning(dependencies: {
  readonly captions: Captions;
  readonly stores: Pick<PostStores, "captions">;
  readonly previews: MediaPreviews;
  readonly languageOf: (user: User) => string;
  readonly limitsOf: (network: Network | null) => {
    readonly label: string | null;
    readonly limits: CaptionLimits;
  };
  readonly clock: Clock;
  readonly ids: Ids;
}): Captioning {
  const { captions, stores, previews, clock, ids } = dependencies;

  /** A template has no language of the member's. */
  const languageOf = (user: User, before: Caption | null): string =>
    (before?.model === "template" ? null : before?.language) ??
    ownLanguage(user) ??
    dependencies.languageOf(user);

  async function keep(
    user: User,
    asset: MediaAsset,
    made: Omit<Caption, "id" | "assetId" | "userId" | "createdAt">,
  ) {
    const facts = { id: ids.create("cap"), assetId: asset.id, userId: user.id, createdAt: clock.now() };
    const caption: Caption = { ...facts, ...made };
    await stores.captions.add(caption);
    return caption;
  }

  function wishFor(asset: MediaAsset, network: Network | null) {
    const { label, limits } = dependencies.limitsOf(network);
    const { kind, prompt } = asset;
    return { kind, prompt, picture: () => captionPicture(asset, previews), network: label, limits };
  }

  return {
    isWritten: captions.isWritten,
    wantedBy: (user) => captions.isWritten && user.settings.captions !== false,

    async write(user, asset, { change, language, network = null, instructions }) {
      const before = await stores.captions.latest(asset.id);
      const isTranslation = (of: Caption): boolean =>
        change === "new" && language !== undefined && !isSameLanguage(language, of.language);
      const wish = {
        ...wishFor(asset, network),
        language: language ?? languageOf(user, before),
        instructions: [instructions, user.settings.captionInstructions].filter(Boolean).join("\n") || null,
        // Another language for words that are there: the same content once more.
        change: before === null ? ("new" as const) : isTranslation(before) ? ("repair" as const) : change,
        previous: before?.text ?? null,
      };
      const made = await captions.make(user.id, wish, AbortSignal.timeout(WRITE_MS));
      // A change that came to nothing must not cost the words that were there.
      if (made.template && before !== null && captions.isWritten) return before;
      const { text, hashtags, altText } = made;
      return keep(user, asset, {
        network,
        language: made.language,
        text,
        hashtags,
        altText,
        model: made.model ?? "template",
      });
    },

    async variant(user, asset, network, words) {
      const before = await stores.captions.latest(asset.id);
      const wish = {
        ...wishFor(asset, network),
        language: languageOf(user, before),
        instructions: user.settings.captionInstructions,
        change: words === "" ? ("new" as const) : ("repair" as const),
        previous: words === "" ? null : words,
      };
      const made = await captions.make(user.id, wish, AbortSignal.timeout(WRITE_MS));
      return made.template ? null : made;
    },

    async own(user, asset, words) {
      const before = await stores.captions.latest(asset.id);
      return keep(user, asset, {
        network: null,
        language: languageOf(user, before),
        text: normalisePrompt(words.toWellFormed().slice(0, OWN_UNITS)),
        hashtags: [],
        altText: before?.altText ?? excerpt(asset.prompt, ALT_GRAPHEMES),
        model: "member",
      });
    },

    latest: (asset) => stores.captions.latest(asset.id),
    altTextOf: (asset, caption) => caption?.altText || excerpt(asset.prompt, ALT_GRAPHEMES),
  };
}
