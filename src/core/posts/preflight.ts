import type { MediaContentType } from "../ports/media.ts";
import type { Network } from "../ports/publisher.ts";
import { type MediaRules, mediaRules, type Ratio, rulesOf } from "./networks.ts";
import { fitText } from "./text-fit.ts";

/** How a picture is made to fit; media/fit-picture.ts does it. Always a JPEG. */
export type PictureFit =
  | {
      /** Cut to the ratio; the whole picture on a plain ground; on a blurred copy of itself. */
      readonly mode: "crop" | "pad" | "blur";
      readonly ratio: Ratio;
      readonly maxWidth: number;
      readonly maxBytes: number;
    }
  /** The ratio that it has, only smaller. */
  | {
      readonly mode: "same";
      readonly maxWidth: number;
      readonly maxHeight: number;
      readonly maxBytes: number;
    };

/** Facts about what is to be posted, from the rows and from the service. */
export interface PostPlan {
  readonly network: Network;
  readonly story: boolean;
  readonly text: string;
  /** Beside those in the text. */
  readonly hashtags: readonly string[];
  readonly media: {
    readonly contentType: MediaContentType;
    readonly width: number;
    readonly height: number;
    readonly sizeBytes: number;
    readonly durationMs: number | null;
  };
  /** Posts that the account may still make today; null: nobody says. */
  readonly quotaLeft: number | null;
}

/** What one press puts right. `label` is a sentence of the catalogue, with `args`. */
export type Fix = { readonly label: string; readonly args: Readonly<Record<string, string | number>> } & (
  | { readonly kind: "crop" | "pad" | "blur" | "smaller"; readonly fit: PictureFit }
  /** Post it as a story, or in the feed (`story: false`). */
  | { readonly kind: "story"; readonly story: boolean }
  | { readonly kind: "shorter-text"; readonly characters: number }
  | { readonly kind: "fewer-hashtags"; readonly hashtags: number }
);

export type ProblemCode =
  | "no-story"
  | "no-pictures"
  | "format"
  | "ratio"
  | "size"
  | "pixels"
  | "too-long"
  | "too-short"
  | "text"
  | "hashtags"
  | "quota"
  | "account";

export interface Problem {
  readonly code: ProblemCode;
  /** `preflight-<code>`, a sentence of the catalogue, with `args`. */
  readonly message: string;
  readonly args: Readonly<Record<string, string | number>>;
  /** None: it cannot be posted there like this. */
  readonly fixes: readonly Fix[];
}

/** Everything that the network would refuse, and what a press could do about it. Empty: it can be confirmed. */
export function preflight(plan: PostPlan): readonly Problem[] {
  const { label, hashtags } = rulesOf(plan.network);
  const problem = (
    code: ProblemCode,
    args: Readonly<Record<string, string | number>> = {},
    fixes: readonly Fix[] = [],
  ): Problem => ({ code, message: `preflight-${code}`, args: { network: label, ...args }, fixes });

  const problems: Problem[] = [];
  if (plan.quotaLeft !== null && plan.quotaLeft <= 0) problems.push(problem("quota"));

  const kind = isVideo(plan) ? "video" : "image";
  const rules = mediaRules(plan.network, kind, plan.story);
  if (rules === null) {
    const hasStories = plan.story && mediaRules(plan.network, kind, false) !== null;
    problems.push(plan.story ? problem("no-story", {}, hasStories ? [toFeed] : []) : problem("no-pictures"));
  } else {
    problems.push(...mediaProblems(plan, rules, problem));
  }

  const fitted = fitText(plan.text, plan.hashtags, plan.network);
  // A story shows no text.
  if (plan.story) return problems;
  if (fitted.hashtagsOver > 0 && hashtags !== null) {
    const args = { count: fitted.hashtags, limit: hashtags };
    const fix: Fix = {
      kind: "fewer-hashtags",
      label: "preflight-fix-fewer-hashtags",
      args: { limit: hashtags },
      hashtags,
    };
    problems.push(problem("hashtags", args, [fix]));
  }
  if (fitted.charactersOver > 0) {
    const args = { count: fitted.characters, limit: fitted.limit, over: fitted.charactersOver };
    const fix: Fix = {
      kind: "shorter-text",
      label: "preflight-fix-shorter-text",
      args: { limit: fitted.limit },
      characters: fitted.limit,
    };
    problems.push(problem("text", args, [fix]));
  }
  return problems;
}

const toFeed: Fix = { kind: "story", label: "preflight-fix-feed", args: {}, story: false };
const toStory: Fix = { kind: "story", label: "preflight-fix-story", args: {}, story: true };

function isVideo({ media }: PostPlan): boolean {
  return media.contentType === "video/mp4";
}

function mediaProblems(
  plan: PostPlan,
  rules: MediaRules,
  problem: (code: ProblemCode, args: Problem["args"], fixes: readonly Fix[]) => Problem,
): readonly Problem[] {
  const { media } = plan;
  const problems: Problem[] = [];
  const other = otherPlace(plan);
  const smaller = isVideo(plan) ? [] : [smallerFix(rules)];

  if (rules.durationMs !== null && media.durationMs !== null) {
    const { min, max } = rules.durationMs;
    const args = { seconds: Math.round(media.durationMs / 1_000), limit: max / 1_000 };
    if (media.durationMs > max) problems.push(problem("too-long", args, otherWithout(other, "too-long")));
    if (media.durationMs < min) {
      problems.push(problem("too-short", { ...args, limit: min / 1_000 }, otherWithout(other, "too-short")));
    }
  }
  const target = ratioOutside(media, rules);
  if (target !== null) {
    const args = { ratio: ratioText(target), shape: shapeOf(media) };
    const fits = isVideo(plan) ? [] : ratioFixes(target, rules);
    problems.push(problem("ratio", args, [...fits, ...otherWithout(other, "ratio")]));
  }
  if (!rules.formats.includes(media.contentType)) problems.push(problem("format", {}, smaller));
  if (media.sizeBytes > rules.maxBytes) {
    const args = { size: megabytes(media.sizeBytes, "up"), limit: megabytes(rules.maxBytes, "down") };
    problems.push(problem("size", args, [...smaller, ...otherWithout(other, "size")]));
  }
  if (rules.maxSide !== null && Math.max(media.width, media.height) > rules.maxSide) {
    problems.push(problem("pixels", { limit: rules.maxSide }, smaller));
  }
  return problems;
}

/** The same post as a story, or in the feed, where the network has that; null otherwise. */
function otherPlace(
  plan: PostPlan,
): { readonly plan: PostPlan; readonly rules: MediaRules; readonly fix: Fix } | null {
  const rules = mediaRules(plan.network, isVideo(plan) ? "video" : "image", !plan.story);
  return rules === null
    ? null
    : { plan: { ...plan, story: !plan.story }, rules, fix: plan.story ? toFeed : toStory };
}

/** Offered only where the problem is not there as well. */
function otherWithout(other: ReturnType<typeof otherPlace>, code: ProblemCode): readonly Fix[] {
  if (other === null) return [];
  const { media } = other.plan;
  const { rules, fix } = other;
  const duration = media.durationMs ?? rules.durationMs?.min ?? 0;
  const has =
    (code === "ratio" && ratioOutside(media, rules) !== null) ||
    (code === "size" && media.sizeBytes > rules.maxBytes) ||
    (code === "too-long" && rules.durationMs !== null && duration > rules.durationMs.max) ||
    (code === "too-short" && rules.durationMs !== null && duration < rules.durationMs.min);
  return has ? [] : [fix];
}

/** Sizes are whole pixels: 1080 by 566 is 1.91:1 to every network. */
const TOLERANCE = 0.01;

/** The nearest ratio that is taken; null: the one it has is. */
function ratioOutside(media: Ratio, { ratios }: MediaRules): Ratio | null {
  if (ratios === null) return null;
  const ratio = media.width / media.height;
  if (ratio < valueOf(ratios.narrowest) * (1 - TOLERANCE)) return ratios.narrowest;
  return ratio > valueOf(ratios.widest) * (1 + TOLERANCE) ? ratios.widest : null;
}

function ratioFixes(ratio: Ratio, rules: MediaRules): readonly Fix[] {
  const modes = ["crop", "pad", "blur"] as const;
  return modes.map((kind) => ({
    kind,
    label: `preflight-fix-${kind}`,
    args: { ratio: ratioText(ratio) },
    fit: { mode: kind, ratio, maxWidth: rules.fitWidth, maxBytes: rules.maxBytes },
  }));
}

function smallerFix({ fitWidth, maxSide, maxBytes }: MediaRules): Fix {
  const fit: PictureFit = {
    mode: "same",
    maxWidth: fitWidth,
    maxHeight: maxSide ?? MOST_HEIGHT,
    maxBytes,
  };
  return { kind: "smaller", label: "preflight-fix-smaller", args: {}, fit };
}

/** Of what is made smaller for a network that names no height. */
const MOST_HEIGHT = 4_096;

function valueOf({ width, height }: Ratio): number {
  return width / height;
}

/** `4:5`, `1.91:1` */
function ratioText({ width, height }: Ratio): string {
  return height === 100 ? `${width / 100}:1` : `${width}:${height}`;
}

function shapeOf({ width, height }: Ratio): "wide" | "tall" | "square" {
  if (width === height) return "square";
  return width > height ? "wide" : "tall";
}

function megabytes(bytes: number, rounding: "up" | "down"): number {
  const tenths = bytes / 100_000;
  return (rounding === "up" ? Math.ceil(tenths) : Math.floor(tenths)) / 10;
}
