import type { MediaContentType } from "../ports/media.ts";
import { NETWORKS, type Network } from "../ports/publisher.ts";

/**
 * How a network counts a text.
 *
 * - `x`: Latin and most others 1, CJK 2, an emoji 2, a link 23 (twitter-text, configuration 3)
 * - `graphemes`: what people call characters
 * - `utf16`: code units; also taken where a network does not say, since no other count is higher
 * - `threads`: code points, but an emoji as many as its UTF-8 has bytes
 * - `utf8`: bytes
 */
export type TextUnit = "x" | "graphemes" | "utf16" | "threads" | "utf8";

/** Integers, so that a size in pixels can have exactly this ratio. */
export interface Ratio {
  readonly width: number;
  readonly height: number;
}

export interface MediaRules {
  readonly formats: readonly MediaContentType[];
  readonly maxBytes: number;
  /** The narrowest and the widest that are taken as they are; null: any. */
  readonly ratios: { readonly narrowest: Ratio; readonly widest: Ratio } | null;
  /** More than this on one side is refused; null: any. */
  readonly maxSide: number | null;
  /** A picture that is made to fit is made this wide at most: what the network shows. */
  readonly fitWidth: number;
  /** Videos only. */
  readonly durationMs: { readonly min: number; readonly max: number } | null;
}

export interface NetworkRules {
  readonly network: Network;
  readonly label: string;
  readonly text: { readonly limit: number; readonly unit: TextUnit };
  /** Null: no limit of its own. */
  readonly hashtags: number | null;
  /** Whether nothing can be posted without a picture or a film. */
  readonly needsMedia: boolean;
  /** Null: takes none. */
  readonly image: MediaRules | null;
  readonly video: MediaRules;
  /** Null: there are none, or they cannot be posted this way. */
  readonly story: { readonly image: MediaRules; readonly video: MediaRules } | null;
  /** Whether it has a label for what AI made that can be set. */
  readonly hasAiLabel: boolean;
  /** Whether the service can take a post back once it is public. */
  readonly canUnpublish: boolean;
}

const MB = 1_000_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

const STORY_RATIO: Ratio = { width: 9, height: 16 };

const image = (rules: Partial<MediaRules> & Pick<MediaRules, "maxBytes">): MediaRules => ({
  formats: ["image/jpeg", "image/png"],
  ratios: null,
  maxSide: null,
  fitWidth: 1_440,
  durationMs: null,
  ...rules,
});

const video = (rules: Partial<MediaRules> & Pick<MediaRules, "maxBytes" | "durationMs">): MediaRules => ({
  formats: ["video/mp4"],
  ratios: null,
  maxSide: null,
  fitWidth: 1_080,
  ...rules,
});

const seconds = (min: number, max: number) => ({ min: min * SECOND_MS, max: max * SECOND_MS });

const story = (imageBytes: number, videoBytes: number) => {
  const ratios = { narrowest: STORY_RATIO, widest: STORY_RATIO };
  return {
    image: image({ maxBytes: imageBytes, ratios, fitWidth: 1_080 }),
    video: video({ maxBytes: videoBytes, ratios, durationMs: seconds(3, 60) }),
  };
};

/**
 * What each network takes when it is posted to by the publishing service: the narrower of the service's and the
 * network's own limits where they differ. Read 2026-11; "service" is docs.zernio.com (formerly docs.getlate.dev),
 * guides/media-uploads, platforms/* and resources/media-guidelines/*.
 */
const RULES: Readonly<Record<Network, Omit<NetworkRules, "network">>> = {
  // Service, platforms/instagram: caption 2,200, JPEG and PNG to 8 MB, MP4 to 300 MB, 100 MB in a story, reel to 90 s,
  // story to 60 s. Pictures 4:5 to 1.91:1 by Meta (IG User Media); films 9:16 to 1.91:1. Five hashtags since December 2025.
  instagram: {
    label: "Instagram",
    text: { limit: 2_200, unit: "utf16" },
    hashtags: 5,
    needsMedia: true,
    image: image({
      maxBytes: 8 * MB,
      ratios: { narrowest: { width: 4, height: 5 }, widest: { width: 191, height: 100 } },
    }),
    video: video({
      maxBytes: 300 * MB,
      ratios: { narrowest: STORY_RATIO, widest: { width: 191, height: 100 } },
      durationMs: seconds(3, 90),
    }),
    story: story(8 * MB, 100 * MB),
    hasAiLabel: true,
    canUnpublish: false,
  },
  // TikTok, Content Posting API: caption to 2,200 UTF-16 runes, pictures as JPEG or WebP to 20 MB and 1080p, never PNG;
  // films 3 s to 10 min, to 4 GB of which the service takes 500 MB everywhere.
  tiktok: {
    label: "TikTok",
    text: { limit: 2_200, unit: "utf16" },
    hashtags: null,
    needsMedia: true,
    image: image({
      formats: ["image/jpeg", "image/webp"],
      maxBytes: 20 * MB,
      maxSide: 1_920,
      fitWidth: 1_080,
    }),
    video: video({ maxBytes: 500 * MB, durationMs: seconds(3, 600) }),
    story: null,
    hasAiLabel: true,
    canUnpublish: false,
  },
  // X, docs.x.com "Counting characters" and "Media best practices": 280 weighted, picture 5 MB, film 0.5 to 140 s and
  // 512 MB, ratios 1:3 to 3:1.
  twitter: {
    label: "X",
    text: { limit: 280, unit: "x" },
    hashtags: null,
    needsMedia: false,
    image: image({
      formats: ["image/jpeg", "image/png", "image/webp", "image/gif"],
      maxBytes: 5 * MB,
      maxSide: 8_192,
    }),
    video: video({
      maxBytes: 512 * MB,
      ratios: { narrowest: { width: 1, height: 3 }, widest: { width: 3, height: 1 } },
      durationMs: { min: 500, max: 140 * SECOND_MS },
    }),
    story: null,
    hasAiLabel: false,
    canUnpublish: true,
  },
  // Meta, Page Photos and Videos: text to 63,206, picture to 4 MB (10 MB by the service), film to 4 h and 4 GB, of
  // which we hand over 1 GB at most. Stories of a Page: 9:16, film to 60 s.
  facebook: {
    label: "Facebook",
    text: { limit: 63_206, unit: "utf16" },
    hashtags: null,
    needsMedia: false,
    image: image({ maxBytes: 4 * MB, fitWidth: 2_048 }),
    video: video({ maxBytes: 1_000 * MB, durationMs: { min: SECOND_MS, max: 240 * MINUTE_MS } }),
    story: story(4 * MB, 1_000 * MB),
    hasAiLabel: false,
    canUnpublish: true,
  },
  // Microsoft Learn, Posts, Images and Videos API: commentary to 3,000, picture to 36 million pixels and 8 MB by the
  // service, film 3 s to 10 min by the service (30 by LinkedIn), to 500 MB.
  linkedin: {
    label: "LinkedIn",
    text: { limit: 3_000, unit: "utf16" },
    hashtags: null,
    needsMedia: false,
    image: image({ maxBytes: 8 * MB, maxSide: 6_012 }),
    video: video({
      maxBytes: 500 * MB,
      ratios: { narrowest: { width: 5, height: 12 }, widest: { width: 12, height: 5 } },
      durationMs: seconds(3, 600),
    }),
    story: null,
    hasAiLabel: false,
    canUnpublish: true,
  },
  // YouTube Data API, videos: description to 5,000 bytes. More than 60 hashtags and all of them are ignored.
  youtube: {
    label: "YouTube",
    text: { limit: 5_000, unit: "utf8" },
    hashtags: 60,
    needsMedia: true,
    image: null,
    video: video({ maxBytes: 5_000 * MB, durationMs: { min: SECOND_MS, max: 720 * MINUTE_MS } }),
    story: null,
    hasAiLabel: true,
    canUnpublish: true,
  },
  // Meta, Threads API: 500 characters, emojis by their bytes (of several hashtags only the first is one); picture to 8 MB and 10:1, film to 5 min
  // and 1 GB.
  threads: {
    label: "Threads",
    text: { limit: 500, unit: "threads" },
    hashtags: null,
    needsMedia: false,
    image: image({
      maxBytes: 8 * MB,
      ratios: { narrowest: { width: 1, height: 10 }, widest: { width: 10, height: 1 } },
    }),
    video: video({ maxBytes: 1_000 * MB, durationMs: { min: SECOND_MS, max: 5 * MINUTE_MS } }),
    story: null,
    hasAiLabel: false,
    canUnpublish: true,
  },
  // AT Protocol, app.bsky.feed.post and embed.images: 300 graphemes, picture to 1 MB (2,000 pixels wide are shown).
  // Service: film to 50 MB and 60 s.
  bluesky: {
    label: "Bluesky",
    text: { limit: 300, unit: "graphemes" },
    hashtags: null,
    needsMedia: false,
    image: image({ maxBytes: 1 * MB, fitWidth: 2_000 }),
    video: video({ maxBytes: 50 * MB, durationMs: seconds(1, 60) }),
    story: null,
    hasAiLabel: false,
    canUnpublish: true,
  },
  // Pinterest, product specifications: description to 500 (800 by the API), 20 hashtags, picture to 20 MB, film 4 s to
  // 15 min and 2 GB, 1:2 to 1.91:1.
  pinterest: {
    label: "Pinterest",
    text: { limit: 500, unit: "utf16" },
    hashtags: 20,
    needsMedia: true,
    image: image({ maxBytes: 20 * MB, fitWidth: 2_000 }),
    video: video({
      maxBytes: 2_000 * MB,
      ratios: { narrowest: { width: 1, height: 2 }, widest: { width: 191, height: 100 } },
      durationMs: seconds(4, 900),
    }),
    story: null,
    hasAiLabel: false,
    canUnpublish: true,
  },
};

export function rulesOf(network: Network): NetworkRules {
  return { network, ...RULES[network] };
}

/** Null: it names none. */
export function networkNamed(name: string): Network | null {
  return NETWORKS.find((network) => network === name) ?? null;
}

/** What a post of this kind may be there; null: the network has none of it. */
export function mediaRules(network: Network, kind: "image" | "video", isStory: boolean): MediaRules | null {
  const rules = RULES[network];
  return isStory ? (rules.story?.[kind] ?? null) : rules[kind];
}
