import { createHash } from "node:crypto";
import type { ZernioPostBody } from "./check-request.ts";
import type {
  ZernioAccount,
  ZernioCancellation,
  ZernioPost,
  ZernioProfile,
  ZernioPublication,
  ZernioScript,
  ZernioViolation,
} from "./types.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** How long a repeated `x-request-id` gives the first post. */
const REQUEST_ID_MS = 5 * 60_000;

export interface ZernioRules {
  readonly postsPerHour: number;
  readonly postsPerDay: number;
  readonly apiPerMinute: number;
}

/** A stored file; `isGone` makes its link dead. */
export interface ZernioFile {
  readonly key: string;
  readonly contentType: string;
  bytes: Buffer | null;
  isGone: boolean;
  readonly expiresAt: number;
}

export type Remembered = { readonly at: number; postId: string | null };

/** The service's memory: one account of one customer, without any HTTP. */
export interface ZernioWorld {
  readonly profiles: ZernioProfile[];
  readonly accounts: Map<string, ZernioAccount>;
  readonly posts: Map<string, ZernioPost>;
  readonly files: Map<string, ZernioFile>;
  readonly publications: ZernioPublication[];
  readonly cancellations: ZernioCancellation[];
  readonly violations: ZernioViolation[];
  /** Creates whose `scheduledFor` had passed: each was published at once. */
  readonly pastSchedules: string[];
  readonly rules: ZernioRules;
  nextId(): string;
  violate(where: string, problem: string): void;
  post(id: string): ZernioPost | undefined;
  byIdempotencyKey(key: string): Remembered | undefined;
  byRequestId(id: string): Remembered | undefined;
  remember(keys: { idempotencyKey: string; requestId: string }): Remembered;
  forget(keys: { idempotencyKey: string; requestId: string }): void;
  /** An earlier post of the last 24 h with the same text and media links to the same account. */
  twinOf(body: ZernioPostBody): { post: ZernioPost; platform: string; accountId: string } | undefined;
  /** Milliseconds until this account may post again; 0: now. */
  velocityWaitMs(accountId: string): number;
  postedToday(accountId: string): number;
  make(body: ZernioPostBody): ZernioPost;
  script(script: ZernioScript): void;
  setDefaults(script: ZernioScript): void;
  outcomeFor(accountId: string): ZernioScript;
}

/** A deleted, cancelled or failed post is in nobody's way. */
const counts = (post: ZernioPost): boolean =>
  !post.isDeleted && post.status !== "failed" && post.status !== "cancelled" && post.status !== "draft";

const fingerprint = (platform: string, accountId: string, content: string, urls: readonly string[]): string =>
  createHash("sha256")
    .update(JSON.stringify([platform, accountId, content, urls]))
    .digest("hex");

export function createZernioWorld(deps: {
  readonly now: () => number;
  readonly rules: ZernioRules;
}): ZernioWorld {
  const { now, rules } = deps;
  const posts = new Map<string, ZernioPost>();
  const publications: ZernioPublication[] = [];
  const violations: ZernioViolation[] = [];
  const pastSchedules: string[] = [];
  const idempotencyKeys = new Map<string, Remembered>();
  const requestIds = new Map<string, Remembered>();
  const scripts: { script: ZernioScript; left: number }[] = [];
  let standard: ZernioScript = {};
  let count = 0;
  const nextId = (): string => (0x6500000000 + (count += 1)).toString(16).padStart(24, "0");

  const since = (accountId: string, at: number): ZernioPost[] =>
    [...posts.values()].filter(
      (post) => post.createdAt > at && post.platforms.some((entry) => entry.accountId === accountId),
    );
  const fresh = (entry: Remembered | undefined, forMs: number) =>
    entry !== undefined && now() - entry.at < forMs ? entry : undefined;

  return {
    profiles: [],
    accounts: new Map(),
    posts,
    files: new Map(),
    publications,
    cancellations: [],
    violations,
    pastSchedules,
    rules,
    nextId,
    violate: (where, problem) => violations.push({ at: now(), where, problem }),
    post(id) {
      const post = posts.get(id);
      return post?.isDeleted ? undefined : post;
    },
    byIdempotencyKey: (key) => fresh(idempotencyKeys.get(key), DAY_MS),
    byRequestId: (id) => fresh(requestIds.get(id), REQUEST_ID_MS),
    remember({ idempotencyKey, requestId }) {
      const entry: Remembered = { at: now(), postId: null };
      if (idempotencyKey) idempotencyKeys.set(idempotencyKey, entry);
      if (requestId) requestIds.set(requestId, entry);
      return entry;
    },
    forget({ idempotencyKey, requestId }) {
      idempotencyKeys.delete(idempotencyKey);
      requestIds.delete(requestId);
    },
    twinOf({ content = "", mediaItems = [], platforms = [] }) {
      const urls = mediaItems.map((item) => item.url);
      for (const { platform, accountId } of platforms) {
        const wanted = fingerprint(platform, accountId, content, urls);
        const post = since(accountId, now() - DAY_MS).find(
          (other) =>
            counts(other) &&
            wanted ===
              fingerprint(
                platform,
                accountId,
                other.content,
                other.mediaItems.map((item) => item.url),
              ),
        );
        if (post) return { post, platform, accountId };
      }
      return undefined;
    },
    velocityWaitMs(accountId) {
      const recent = since(accountId, now() - HOUR_MS).map((post) => post.createdAt);
      const first = recent.toSorted((a, b) => a - b).at(-rules.postsPerHour);
      return first === undefined ? 0 : Math.max(1, first + HOUR_MS - now());
    },
    postedToday: (accountId) =>
      publications.filter((one) => one.accountId === accountId && one.at > now() - DAY_MS).length,
    make(body) {
      const scheduledFor = body.publishNow || !body.scheduledFor ? null : Date.parse(body.scheduledFor);
      const isDraft = body.isDraft === true || (!body.publishNow && scheduledFor === null);
      const post: ZernioPost = {
        id: nextId(),
        content: body.content ?? "",
        mediaItems: body.mediaItems ?? [],
        platforms: (body.platforms ?? []).map(({ platform, accountId, platformSpecificData = {} }) => ({
          platform,
          accountId,
          platformSpecificData,
          status: "pending",
          platformPostId: null,
          platformPostUrl: null,
          publishedAt: null,
          errorMessage: null,
          errorCategory: null,
          errorSource: null,
        })),
        scheduledFor,
        timezone: body.timezone ?? "UTC",
        status: isDraft ? "draft" : "scheduled",
        metadata: body.metadata ?? {},
        createdAt: now(),
        finishesAt: null,
        retriesAt: null,
        retries: 0,
        isDeleted: false,
      };
      if (scheduledFor !== null && scheduledFor <= now()) pastSchedules.push(post.id);
      posts.set(post.id, post);
      return post;
    },
    script: (script) => void scripts.push({ script, left: script.times ?? 1 }),
    setDefaults: (script) => {
      standard = script;
    },
    outcomeFor(accountId) {
      const found = scripts.find(
        ({ script, left }) => left > 0 && (script.accountId ?? accountId) === accountId,
      );
      if (!found) return standard;
      found.left -= 1;
      return { ...standard, ...found.script };
    },
  };
}
