import type { MediaAsset } from "../generation/asset.ts";
import { excerpt, normalisePrompt } from "../generation/prompt.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { MediaPreviews } from "../ports/media.ts";
import type { Caption, PostStores } from "../ports/post-stores.ts";
import type { Network } from "../ports/publisher.ts";
import type { User } from "../usage/user.ts";
import type { CaptionLack, CaptionLimits, Caption as MadeCaption } from "./caption.ts";
import { isSameLanguage, ownLanguage } from "./languages.ts";
import { captionPicture } from "./picture.ts";
import type { Captions } from "./write.ts";

/** What came of having a caption written. */
export interface Written {
  /** The new one; the one that was there, where the model wrote none; else the template. */
  readonly caption: Caption;
  /** Why the model wrote none; null: it did, or there is no model. */
  readonly lack: CaptionLack | null;
}

/** Captions of a member's results: written by the model, changed by the member, kept. */
export interface Captioning {
  /** A model writes them; else they are templates. */
  readonly isWritten: boolean;
  /** Whether results of this member carry one without being asked. */
  wantedBy(user: User): boolean;
  /** Who asks for the very same while it is being written gets that one. */
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
  ): Promise<Written>;
  /**
   * The same words for one network, within its limits: of a post that is put together, so kept nowhere. A template
   * (which nobody wants there) where the model wrote nothing usable.
   */
  variant(user: User, asset: MediaAsset, network: Network, words: string): Promise<MadeCaption>;
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

  const writing = createShared<Written>();
  const varying = createShared<MadeCaption>();

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

  async function write(
    user: User,
    asset: MediaAsset,
    { change, language, network = null, instructions }: Parameters<Captioning["write"]>[2],
  ): Promise<Written> {
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
    const { lack } = made;
    // The member's own words that came while the model was at work stand.
    const now = await stores.captions.latest(asset.id);
    if (now?.model === "member" && now.id !== before?.id) return { caption: now, lack: null };
    // A change that came to nothing must not cost the words that were there.
    if (made.template && before !== null && captions.isWritten) return { caption: before, lack };
    const { text, hashtags, altText, model } = made;
    const words = { network, language: made.language, text, hashtags, altText, model: model ?? "template" };
    return { caption: await keep(user, asset, words), lack };
  }

  return {
    isWritten: captions.isWritten,
    wantedBy: (user) => captions.isWritten && user.settings.captions !== false,

    write: (user, asset, how) =>
      writing([asset.id, how.change, how.language, how.network, how.instructions], () =>
        write(user, asset, how),
      ),

    variant: (user, asset, network, words) =>
      varying([asset.id, network, words], async () => {
        const before = await stores.captions.latest(asset.id);
        const wish = {
          ...wishFor(asset, network),
          language: languageOf(user, before),
          instructions: user.settings.captionInstructions,
          change: words === "" ? ("new" as const) : ("repair" as const),
          previous: words === "" ? null : words,
        };
        return captions.make(user.id, wish, AbortSignal.timeout(WRITE_MS));
      }),

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

/** Work that is under way is shared with whoever wants the same meanwhile. */
function createShared<Result>() {
  const underWay = new Map<string, Promise<Result>>();
  return (wish: readonly unknown[], work: () => Promise<Result>): Promise<Result> => {
    const key = JSON.stringify(wish);
    const there = underWay.get(key);
    if (there) return there;
    const result = work().finally(() => underWay.delete(key));
    underWay.set(key, result);
    return result;
  };
}
