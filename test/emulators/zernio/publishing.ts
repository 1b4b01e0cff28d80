import { request } from "undici";
import type { ZernioPlatform, ZernioPost, ZernioScript } from "./types.ts";
import type { ZernioWorld } from "./world.ts";

type Media = { url: string; bytes: Buffer; contentType: string };

/** What the service tries again by itself, and how long it waits before it does: documented without a number. */
const RETRIED = "platform_rate_limit";
const RETRY_MS = 10 * 60_000;
const MOST_RETRIES = 5;

export interface ZernioPublishing {
  /** Begins it, and ends it too where the network takes no time. */
  begin(post: ZernioPost): Promise<void>;
  /** All that is due by the clock: what was scheduled, and what has been `publishing` long enough. */
  tick(): Promise<void>;
  /** When something happens by itself next; null: nothing waits. */
  nextAt(): number | null;
}

/** What the networks do. Media are fetched now, at the time of publishing, as the networks do it. */
export function createZernioPublishing(deps: {
  readonly world: ZernioWorld;
  readonly now: () => number;
  readonly origin: () => string;
  readonly emit: (event: string, post: ZernioPost) => void;
}): ZernioPublishing {
  const { world, now, emit } = deps;
  const plans = new Map<string, Map<ZernioPlatform, ZernioScript>>();

  async function fetchMedia(url: string): Promise<Media | null> {
    const { origin, hostname, pathname } = new URL(url);
    if (origin === deps.origin()) {
      const file = world.files.get(pathname);
      return file?.bytes && !file.isGone ? { url, bytes: file.bytes, contentType: file.contentType } : null;
    }
    // Nothing outside this machine is reachable for a stand-in; a link there is as dead.
    if (hostname !== "127.0.0.1" && hostname !== "localhost") return null;
    try {
      const { statusCode, headers, body } = await request(url, { headersTimeout: 5_000, bodyTimeout: 5_000 });
      const bytes = Buffer.from(await body.arrayBuffer());
      const contentType = String(headers["content-type"] ?? "");
      return statusCode === 200 && /^(image|video)\//.test(contentType) ? { url, bytes, contentType } : null;
    } catch {
      return null;
    }
  }

  function fail(entry: ZernioPlatform, category: string, source: string, message: string): void {
    entry.status = "failed";
    entry.errorCategory = category;
    entry.errorSource = source;
    entry.errorMessage = message;
  }

  async function publishOn(post: ZernioPost, entry: ZernioPlatform, script: ZernioScript): Promise<void> {
    const account = world.accounts.get(entry.accountId);
    if (!account || !account.isActive || account.needsReconnection)
      return fail(entry, "auth_expired", "user", "Reconnect the account");
    if (world.postedToday(entry.accountId) >= world.rules.postsPerDay)
      return fail(entry, "quota_exhausted", "platform", "Daily limit of the network reached");
    const fetched = await Promise.all(post.mediaItems.map((item) => fetchMedia(item.url)));
    const media = fetched.filter((one) => one !== null);
    if (media.length < fetched.length)
      return fail(entry, "user_content", "user", "Could not fetch the media");
    if (script.outcome === "failed") {
      return fail(
        entry,
        script.errorCategory ?? "platform_rejected",
        script.errorSource ?? "platform",
        script.errorMessage ?? "The network refused it",
      );
    }
    const data = entry.platformSpecificData;
    entry.status = "published";
    entry.platformPostId = world.nextId();
    const host = entry.platform === "bluesky" ? "bsky.app" : `www.${entry.platform}.com`;
    entry.platformPostUrl = `https://${host}/p/${entry.platformPostId}`;
    entry.publishedAt = now();
    for (const key of ["errorMessage", "errorCategory", "errorSource"] as const) entry[key] = null;
    const ours = post.metadata["easelPostId"];
    world.publications.push({
      at: now(),
      postId: post.id,
      easelPostId: typeof ours === "string" ? ours : null,
      accountId: entry.accountId,
      platform: entry.platform,
      text: post.content,
      media,
      altTexts: post.mediaItems.flatMap((item) => item.altText ?? []),
      isStory: data["contentType"] === "story",
      isAiGenerated: [
        data["isAiGenerated"],
        data["videoMadeWithAi"],
        data["containsSyntheticMedia"],
      ].includes(true),
      dueAt: post.scheduledFor,
      url: entry.platformPostUrl,
    });
  }

  async function finish(post: ZernioPost): Promise<void> {
    const plan = plans.get(post.id) ?? new Map<ZernioPlatform, ZernioScript>();
    plans.delete(post.id);
    post.finishesAt = null;
    for (const [entry, script] of plan) await publishOn(post, entry, script);
    for (const [entry] of plan) emit(`post.platform.${entry.status}`, post);
    const states = new Set(post.platforms.map((entry) => entry.status));
    post.status = states.size > 1 ? "partial" : states.has("published") ? "published" : "failed";
    const isRetried = post.platforms.some((entry) => entry.errorCategory === RETRIED);
    post.retriesAt = isRetried && post.retries < MOST_RETRIES ? now() + RETRY_MS : null;
    emit(`post.${post.status}`, post);
  }

  async function begin(post: ZernioPost): Promise<void> {
    post.status = "publishing";
    post.retriesAt = null;
    const open = post.platforms.filter((entry) => entry.status !== "published");
    const plan = new Map(open.map((entry) => [entry, world.outcomeFor(entry.accountId)]));
    for (const entry of open) entry.status = "processing";
    plans.set(post.id, plan);
    const publishMs = Math.max(0, ...[...plan.values()].map((script) => script.publishMs ?? 0));
    if (publishMs === 0) return finish(post);
    post.finishesAt = now() + publishMs;
  }

  const dueAtOf = (post: ZernioPost): number | null =>
    post.isDeleted || post.status === "cancelled"
      ? null
      : post.status === "scheduled"
        ? post.scheduledFor
        : (post.finishesAt ?? post.retriesAt);

  return {
    begin,
    async tick() {
      for (const post of world.posts.values()) {
        const dueAt = dueAtOf(post);
        if (dueAt === null || dueAt > now()) continue;
        if (post.status === "scheduled") await begin(post);
        else if (post.finishesAt !== null) await finish(post);
        else {
          post.retries += 1;
          await begin(post);
        }
      }
    },
    nextAt() {
      const waiting = [...world.posts.values()].flatMap((post) => dueAtOf(post) ?? []);
      return waiting.length === 0 ? null : Math.min(...waiting);
    },
  };
}
