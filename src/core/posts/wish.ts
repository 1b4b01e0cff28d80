import type { NewDelivery } from "../delivery/delivery.ts";
import { insist } from "../insist.ts";
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

/** What it will be when the service has taken it. */
function asWanted(post: Post): Post {
  const { text, scheduledAt, wantedText, wantedScheduledAt } = post;
  return {
    ...post,
    text: wantedText ?? text,
    scheduledAt: wantedScheduledAt ?? scheduledAt,
    wantedText: null,
    wantedScheduledAt: null,
  };
}

/** For whoever holds the lease of a scheduled post with a wish. Asking twice for the same is the same. */
export async function carryWish(work: WishWork, post: Post, news: News): Promise<WishOutcome> {
  const { publisher, clock } = work;
  const { externalId, wantedScheduledAt, firstTriedAt } = post;
  if (!publisher || externalId === null) return settle(work, post, news, false);
  const isBeyond =
    wantedScheduledAt !== null && wantedScheduledAt > (firstTriedAt ?? post.createdAt) + KEPT_THERE_MS;
  if (isBeyond) return takeBack(work, post, externalId, news);
  const { wantedText } = post;
  const change = {
    ...(wantedText === null ? {} : { text: wantedText }),
    ...(wantedScheduledAt === null ? {} : { scheduledAt: wantedScheduledAt }),
  };
  const result = await whileHeldPost(work, post, CALL_MS, (signal) =>
    publisher.change(externalId, change, signal),
  ).catch((err: unknown): PublishResult => {
    work.log.error("a publisher threw", { postId: post.id, err });
    return { status: "unknown", detail: "the call failed inside" };
  });
  switch (result.status) {
    case "accepted":
      return settle(work, post, news, true);
    case "refused":
      return settle(work, post, news, await stands(work, post, externalId));
    case "busy":
    case "unknown": {
      const waitMs = Math.max(result.status === "busy" ? (result.retryAfterMs ?? 0) : 0, AGAIN_MS);
      await work.stores.posts.later(heldOf(post), { dueAt: clock.now() + waitMs });
      return "open";
    }
  }
}

/** Whether an earlier try, whose answer was lost, has done it: the service refuses to change what is public. */
async function stands(work: WishWork, post: Post, externalId: string): Promise<boolean> {
  const { publisher } = work;
  const { wantedText, wantedScheduledAt } = post;
  const read = await publisher?.get(externalId, AbortSignal.timeout(CALL_MS)).catch(() => null);
  if (read?.status !== "ok") return false;
  const { text, scheduledAt } = read.value;
  return (
    (wantedText === null || text === wantedText) &&
    (wantedScheduledAt === null || scheduledAt === wantedScheduledAt)
  );
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
        const deliveries = await news({ ...asWanted(post), state: "confirmed" }, true);
        return stores.posts.takenBack(heldOf(post), { ...keys, formerIds, deliveries, now });
      });
      return "taken";
    }
    case "too-late":
      return settle(work, post, news, false);
    case "unknown":
    case undefined:
      await stores.posts.later(heldOf(post), { dueAt: clock.now() + AGAIN_MS });
      return "open";
  }
}

async function settle(work: WishWork, post: Post, news: News, isTaken: boolean): Promise<WishOutcome> {
  const { clock, stores } = work;
  const now = clock.now();
  const settled = isTaken ? asWanted(post) : post;
  // What was refused is looked at again at once: it may be public by now.
  const dueAt = isTaken ? recheckAt(settled, now) : now;
  await insist(clock, async () => {
    const deliveries = await news(settled, isTaken);
    return stores.posts.settleChange(heldOf(post), { isTaken, dueAt, deliveries, now });
  });
  return isTaken ? "taken" : "refused";
}
