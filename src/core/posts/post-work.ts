import type { NewDelivery } from "../delivery/delivery.ts";
import { insist } from "../insist.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { MediaStore } from "../ports/media.ts";
import type { HeldPost, PostStores } from "../ports/post-stores.ts";
import type { PostFailure, Publisher, RemotePost } from "../ports/publisher.ts";
import type { Post } from "./post.ts";

export interface PostWork {
  readonly publisher: Publisher | null;
  readonly stores: Pick<PostStores, "posts">;
  readonly media: Pick<MediaStore, "read">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Whether its author may still post to that account: asked again at every hand-over. */
  mayPost(post: Post): Promise<boolean>;
  /** Whether what the service keeps may stay there: no right was taken away since. */
  mayKeep(post: Post): Promise<boolean>;
  /** The messages that its end owes. */
  tidings(post: Post): Promise<readonly NewDelivery[]>;
  /** What its author is told of a change that was asked for and done, or not done, later. */
  changeNews(post: Post, isTaken: boolean): Promise<readonly NewDelivery[]>;
  /** What its author is told, once, of one that has to wait until then: the account's hour is used up, say. */
  delayNews(post: Post, until: number): Promise<readonly NewDelivery[]>;
  /** Wakes whoever shows posts, and the outbox. */
  announce(post: Post): void;
  /** Key or plan: the admins are told, once a day. */
  tellOperator(detail: string): void;
}

/** How long a claim holds a post; renewed while a call is under way. */
export const POST_LEASE_MS = 120_000;
const RENEW_MS = 30_000;

/** Files at the service live for seven days. Source: docs.zernio.com, guides/media-uploads, read 2026-11. */
export const KEPT_THERE_MS = 6 * 24 * 3_600_000;

export function heldOf({ id, epoch, cancelAskedAt }: Post): HeldPost {
  return { id, epoch, cancelAskedAt };
}

/** Since when it is to be public: its time, or when its author (or an approver) last asked for it. */
export function waitedSince({
  scheduledAt,
  createdAt,
  firstTriedAt,
}: Pick<Post, "scheduledAt" | "createdAt" | "firstTriedAt">): number {
  return Math.max(scheduledAt ?? 0, firstTriedAt ?? createdAt);
}

/** When a post is looked at next: about every 15 minutes while its time is far, closely around it. */
export function recheckAt(
  post: Pick<Post, "state" | "scheduledAt" | "createdAt" | "firstTriedAt">,
  now: number,
): number {
  const dueAt = waitedSince(post);
  if (post.state === "scheduled" && dueAt > now) return Math.min(now + 15 * 60_000, dueAt + 5_000);
  const lateMs = now - dueAt;
  return now + (lateMs < 3 * 60_000 ? 10_000 : lateMs < 30 * 60_000 ? 60_000 : 15 * 60_000);
}

/** Runs one outside call with its deadline, and keeps the lease while it lasts. */
export async function whileHeldPost<T>(
  work: Pick<PostWork, "clock" | "stores" | "log">,
  post: Post,
  timeoutMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const renewing = (async () => {
    while (!over.signal.aborted) {
      await work.clock.sleep(RENEW_MS, over.signal);
      if (over.signal.aborted) return;
      const until = work.clock.now() + POST_LEASE_MS;
      const isKept = await work.stores.posts.renew(heldOf(post), until).catch((err: unknown) => {
        work.log.warn("lease not renewed", { postId: post.id, err });
        return true;
      });
      if (!isKept) return;
    }
  })();
  try {
    return await call(AbortSignal.timeout(timeoutMs));
  } finally {
    over.abort();
    await renewing;
  }
}

const RIGHT_GONE = { why: "right", detail: "the right to post was taken away" } as const;
const ACCOUNT_GONE = { why: "account", detail: "the account was disconnected" } as const;

/** What stands against posting it, beside its author's own wish; null: nothing. */
export async function obstacleTo(work: PostWork, post: Post): Promise<PostFailure | null> {
  if (await work.mayPost(post)) return null;
  return (await work.mayKeep(post)) ? ACCOUNT_GONE : RIGHT_GONE;
}

export interface PostEnd {
  readonly state: "published" | "failed" | "cancelled";
  readonly remote: RemotePost | null;
  readonly failure: PostFailure | null;
  readonly isCertain?: boolean;
}

/** Ends a post whose lease is held, and owes its author the news. */
export async function endPost(
  work: PostWork,
  post: Post,
  { state, remote, failure, isCertain = remote !== null }: PostEnd,
): Promise<void> {
  const now = work.clock.now();
  const publicUrl = remote?.publicUrl ?? null;
  const externalId = remote?.externalId ?? post.externalId;
  const ended: Post = { ...post, state, publicUrl, externalId, failure, endedAt: now };
  const done = await insist(work.clock, async () => {
    const deliveries = await work.tidings(ended);
    const ending = { state, publicUrl, externalId, failure, isCertain, now, deliveries };
    return work.stores.posts.end(heldOf(post), ending);
  });
  const facts = { postId: post.id, user: post.userId, network: post.network, state };
  if (!done) {
    work.log.warn("a post was ended by somebody else", facts);
    return;
  }
  work.log.info("post ended", { ...facts, ...(failure ? { why: failure.why, detail: failure.detail } : {}) });
  work.announce(ended);
}
