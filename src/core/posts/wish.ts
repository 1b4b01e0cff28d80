import type { NewDelivery } from "../delivery/delivery.ts";
import { insist } from "../insist.ts";
import type { PostWish } from "../ports/post-stores.ts";
import type { PublishResult } from "../ports/publisher.ts";
import type { Post } from "./post.ts";
import { heldOf, KEPT_THERE_MS, type PostWork, recheckAt, whileHeldPost } from "./post-work.ts";

/** Another text or time for a post that the service keeps: stored first, then asked for until it is certain. */
export type WishOutcome =
  | "taken"
  /** Certainly not: it stays as it was, or has gone its way. */
  | "refused"
  /** Not known yet: it is asked for again. */
  | "open";

type WishWork = Pick<PostWork, "publisher" | "stores" | "clock" | "ids" | "log">;
type News = (post: Post, isTaken: boolean) => Promise<readonly NewDelivery[]>;

const CALL_MS = 30_000;
const AGAIN_MS = 10_000;

export function hasWish({ wantedText, wantedScheduledAt }: Post): boolean {
  return wantedText !== null || wantedScheduledAt !== null;
}

type Taken = Pick<PostWish, "text" | "scheduledAt">;

/** The wish as far as `stands` says of a text and a time that it is so. */
function takenOf(
  { wantedText, wantedScheduledAt }: Post,
  stands: (wanted: string | number) => boolean,
): Taken {
  return {
    ...(wantedText !== null && stands(wantedText) ? { text: wantedText } : {}),
    ...(wantedScheduledAt !== null && stands(wantedScheduledAt) ? { scheduledAt: wantedScheduledAt } : {}),
  };
}

const wholeWish = (post: Post): Taken => takenOf(post, () => true);
const NOTHING: Taken = {};

/** What it is when that much of the wish stands. */
function asTaken(post: Post, taken: Taken): Post {
  return { ...post, ...taken, wantedText: null, wantedScheduledAt: null };
}

/** For whoever holds the lease of a scheduled post with a wish. Asking twice for the same is the same. */
export async function carryWish(work: WishWork, post: Post, news: News): Promise<WishOutcome> {
  const { publisher, clock } = work;
  const { externalId, wantedScheduledAt, firstTriedAt } = post;
  if (!publisher || externalId === null) return settle(work, post, news, NOTHING);
  const isBeyond =
    wantedScheduledAt !== null && wantedScheduledAt > (firstTriedAt ?? post.createdAt) + KEPT_THERE_MS;
  if (isBeyond) return takeBack(work, post, externalId, news);
  const result = await whileHeldPost(work, post, CALL_MS, (signal) =>
    publisher.change(externalId, wholeWish(post), signal),
  ).catch((err: unknown): PublishResult => {
    work.log.error("a publisher threw", { postId: post.id, err });
    return { status: "unknown", detail: "the call failed inside" };
  });
  switch (result.status) {
    case "accepted":
      return settle(work, post, news, wholeWish(post));
    case "refused":
      return findOut(work, post, externalId, news);
    case "busy":
    case "unknown": {
      const waitMs = Math.max(result.status === "busy" ? (result.retryAfterMs ?? 0) : 0, AGAIN_MS);
      await work.stores.posts.later(heldOf(post), { dueAt: clock.now() + waitMs });
      return "open";
    }
  }
}

/**
 * The service refuses to change what is public: an earlier try, whose answer was lost, may have done a part of it or
 * all. What cannot be read now is not known, and asked for again.
 */
async function findOut(work: WishWork, post: Post, externalId: string, news: News): Promise<WishOutcome> {
  const { publisher, clock, stores } = work;
  const read = await publisher?.get(externalId, AbortSignal.timeout(CALL_MS)).catch(() => null);
  if (read?.status === "gone") return settle(work, post, news, NOTHING);
  if (read?.status === "ok") {
    const { text, scheduledAt } = read.value;
    return settle(
      work,
      post,
      news,
      takenOf(post, (wanted) => wanted === text || wanted === scheduledAt),
    );
  }
  await stores.posts.later(heldOf(post), { dueAt: clock.now() + AGAIN_MS });
  return "open";
}

/** For a time until which the service would not keep the file: taken back there, and handed over anew a day before. */
async function takeBack(work: WishWork, post: Post, externalId: string, news: News): Promise<WishOutcome> {
  const { publisher, clock, ids, stores } = work;
  const result = await whileHeldPost(work, post, CALL_MS, async (signal) =>
    publisher?.cancel(externalId, signal),
  ).catch((err: unknown) => {
    work.log.error("a publisher threw", { postId: post.id, err });
    return undefined;
  });
  switch (result?.status) {
    case "cancelled": {
      const now = clock.now();
      const keys = { idempotencyKey: ids.create("idem"), requestId: ids.create("req") };
      const formerIds = [...post.formerIds, externalId];
      await insist(clock, async () => {
        const deliveries = await news({ ...asTaken(post, wholeWish(post)), state: "confirmed" }, true);
        return stores.posts.takenBack(heldOf(post), { ...keys, formerIds, deliveries, now });
      });
      return "taken";
    }
    case "too-late":
      return findOut(work, post, externalId, news);
    case "unknown":
    case undefined:
      await stores.posts.later(heldOf(post), { dueAt: clock.now() + AGAIN_MS });
      return "open";
  }
}

async function settle(work: WishWork, post: Post, news: News, taken: Taken): Promise<WishOutcome> {
  const { clock, stores } = work;
  const now = clock.now();
  const settled = asTaken(post, taken);
  const isTaken = taken.text !== undefined || taken.scheduledAt !== undefined;
  // Looked at again soon: what was refused, or a part of it, may be public by now.
  const dueAt = isTaken ? Math.min(recheckAt(settled, now), now + AGAIN_MS) : now;
  await insist(clock, async () => {
    const deliveries = await news(settled, isTaken);
    return stores.posts.settleChange(heldOf(post), { taken, dueAt, deliveries, now });
  });
  return isTaken ? "taken" : "refused";
}
