import type { NewDelivery } from "../delivery/delivery.ts";
import { insist } from "../insist.ts";
import type { PostContent, Publisher, PublishResult, ReadResult, RemotePost } from "../ports/publisher.ts";
import type { Post } from "./post.ts";
import {
  endPost,
  heldOf,
  KEPT_THERE_MS,
  obstacleTo,
  type PostWork,
  recheckAt,
  waitedSince,
  whileHeldPost,
} from "./post-work.ts";

const CALL_MS = 60_000;
const UPLOAD_MS = 300_000;
/** The service gives the first post back for the same request id for so long. */
const REPLAY_MS = 4 * 60_000;
/** After a lost answer and a search that found nothing, so long until it is tried with another request id. */
const LATE_REPEAT_MS = 15 * 60_000;
/** A moment that is nearer than this is now: the service publishes what is past at once anyway. */
const NEAR_MS = 5_000;
/** A wait of so long is told. */
const TOLD_FROM_MS = 3 * 60_000;
/** Nobody waits longer than this for a service that is away. */
const GIVE_UP_MS = 24 * 3_600_000;

/**
 * `confirmed | handing_over`: brings the file, commits the keys, asks once. A lost answer is looked for before
 * anything is decided or repeated, and repeated only with the keys of the first try. What its author wants back is not
 * repeated: it ends as soon as it is certain that it is not there.
 */
export async function handOver(work: PostWork, post: Post): Promise<void> {
  const { publisher } = work;
  if (!publisher) return endPost(work, post, failed("service", "no publishing service is set up"));
  const isOver = work.clock.now() > waitedSince(post) + GIVE_UP_MS;
  const known = await lookFor(work, publisher, post);
  if (known.status === "there") return adoptFound(work, post, known.post);
  if (known.status === "unread" && !isOver) return again(work, post, null);
  const isUnsettled = post.isInDoubt && work.clock.now() < (post.lastTriedAt ?? 0) + LATE_REPEAT_MS;
  const failure = await obstacleTo(work, post);
  const isUnwanted = post.cancelAskedAt !== null;
  // One that may be there is waited for: found, it is taken back like any other.
  if (isUnwanted || failure !== null) {
    if (isUnsettled) return again(work, post, null);
    return endPost(work, post, { state: isUnwanted ? "cancelled" : "failed", remote: null, failure });
  }
  if (isOver) return endPost(work, post, failed("service", "not handed over within a day"));
  // What is brought to the service is kept there for a week: a later post is handed over a day before that.
  const { scheduledAt } = post;
  if (scheduledAt !== null && post.tries === 0 && scheduledAt > work.clock.now() + KEPT_THERE_MS) {
    await work.stores.posts.later(heldOf(post), { dueAt: scheduledAt - KEPT_THERE_MS });
    return;
  }
  // Gone at the service, or its file there is: what is handed over now is another post.
  if (post.externalId !== null && (known.status === "gone" || post.uploadUrl === null))
    return startAnew(work, post, post.externalId);
  const uploadUrl = post.uploadUrl ?? (await bring(work, publisher, post));
  if (uploadUrl === null) return;
  // Looking and bringing may have taken minutes.
  const now = work.clock.now();
  let { requestId } = post;
  if (post.isInDoubt && post.externalId === null) {
    const isReplayed = now < (post.firstTriedAt ?? now) + REPLAY_MS;
    if (!isReplayed && now < (post.lastTriedAt ?? now) + LATE_REPEAT_MS) return again(work, post, null);
    if (!isReplayed) requestId = work.ids.create("req");
  }
  // The last look at epoch and lease before anything goes out, and the record that it may have gone out.
  if (!(await work.stores.posts.beginHandOver(heldOf(post), requestId, now))) return;
  // Whoever was held up for so long may have lost the lease meanwhile: the next one looks for it first.
  if (work.clock.now() > now + CALL_MS) return;
  const content = contentOf({ ...post, uploadUrl }, work.clock.now());
  const keys = { idempotencyKey: post.idempotencyKey, requestId };
  const result = await whileHeldPost(work, post, CALL_MS, (signal) =>
    // One that the network refused is tried again where it is: another create would be another post.
    post.externalId === null
      ? publisher.create(content, keys, signal)
      : publisher.retry(post.externalId, signal),
  ).catch((err: unknown): PublishResult => {
    work.log.error("a publisher threw", { postId: post.id, err });
    return { status: "unknown", detail: "the call failed inside" };
  });
  const tried: Post = { ...post, state: "handing_over", tries: post.tries + 1, lastTriedAt: now };
  // A refusal speaks of this try alone: what an earlier one made may still be on its way.
  const isEarly =
    post.externalId === null && post.isInDoubt && now < (post.lastTriedAt ?? 0) + LATE_REPEAT_MS;
  if (result.status === "refused" && isEarly) return again(work, tried, null);
  await record(work, tried, result);
}

type Known =
  | { readonly status: "there"; readonly post: RemotePost }
  /** `failed` there counts as not there: it is tried again where it is. */
  | { readonly status: "not-there" }
  /** It was there, and is not any more. */
  | { readonly status: "gone" }
  | { readonly status: "unread" };

/** Whether something of an earlier try is at the service, also of one that its author has been told has failed. */
async function lookFor(work: PostWork, publisher: Publisher, post: Post): Promise<Known> {
  const { externalId, uploadUrl } = post;
  if (externalId === null && !post.isInDoubt) return { status: "not-there" };
  const read = await whileHeldPost(work, post, CALL_MS, (signal) =>
    externalId === null
      ? publisher.find(
          contentOf({ ...post, uploadUrl: uploadUrl ?? "" }, work.clock.now()),
          post.tries > 0 ? (post.firstTriedAt ?? post.createdAt) : post.createdAt,
          signal,
        )
      : publisher.get(externalId, signal),
  ).catch((err: unknown): ReadResult<never> => {
    work.log.error("a publisher threw", { postId: post.id, err });
    return { status: "failed", detail: "the call failed inside", operator: false };
  });
  switch (read.status) {
    case "failed":
      if (read.operator) work.tellOperator(read.detail);
      return { status: "unread" };
    case "gone":
      return { status: externalId === null ? "not-there" : "gone" };
    case "ok": {
      const isKnownFailure = externalId !== null && read.value?.status === "failed";
      return read.value === null || isKnownFailure
        ? { status: "not-there" }
        : { status: "there", post: read.value };
    }
  }
}

async function startAnew(work: PostWork, post: Post, externalId: string): Promise<void> {
  const formerIds = [...post.formerIds, externalId];
  if (!(await work.stores.posts.startAnew(heldOf(post), formerIds))) return;
  return handOver(work, { ...post, formerIds, externalId: null, uploadUrl: null, isInDoubt: false });
}

async function adoptFound(work: PostWork, post: Post, remote: RemotePost): Promise<void> {
  // One that is begun anew, and was there all the time.
  const isNew = post.state === "confirmed";
  const now = work.clock.now();
  if (isNew && !(await work.stores.posts.beginHandOver(heldOf(post), post.requestId, now))) return;
  return adopt(work, { ...post, state: "handing_over", tries: post.tries + (isNew ? 1 : 0) }, remote);
}

async function record(work: PostWork, post: Post, result: PublishResult): Promise<void> {
  switch (result.status) {
    case "accepted":
      return adopt(work, post, result.post);
    case "refused":
      if (["payment", "service"].includes(result.failure.why)) work.tellOperator(result.failure.detail);
      return endPost(work, post, {
        state: "failed",
        remote: null,
        failure: result.failure,
        isCertain: true,
      });
    case "busy": {
      const waitMs = result.retryAfterMs ?? 0;
      const told = waitMs < TOLD_FROM_MS ? [] : await work.delayNews(post, work.clock.now() + waitMs);
      return again(work, post, waitMs, !post.isInDoubt, told);
    }
    case "unknown":
      work.log.warn("the outcome of a post is unknown", { postId: post.id, detail: result.detail });
      return again(work, post, null);
  }
}

/** Goes on with what the service has. */
export async function adopt(work: PostWork, post: Post, remote: RemotePost): Promise<void> {
  switch (remote.status) {
    case "scheduled":
    case "publishing": {
      const { status: state, externalId } = remote;
      const dueAt = recheckAt({ ...post, state }, work.clock.now());
      const kept = await insist(work.clock, () =>
        work.stores.posts.handedOver(heldOf(post), { state, externalId, dueAt }),
      );
      if (kept) work.announce(post);
      return;
    }
    case "published":
      return endPost(work, post, { state: "published", remote, failure: null });
    case "failed":
      return endPost(work, post, {
        state: "failed",
        remote,
        failure: remote.failure ?? { why: "unknown", detail: "the service gave no reason" },
      });
    case "cancelled":
      return endPost(work, post, { state: "cancelled", remote, failure: null });
  }
}

async function bring(work: PostWork, publisher: Publisher, post: Post): Promise<string | null> {
  const bytes = await work.media.read(post.media.key);
  if (bytes === null) {
    await endPost(work, post, failed("media", "the file is not there any more"));
    return null;
  }
  const name = post.media.key.slice(post.media.key.indexOf("/") + 1);
  const { contentType } = post.media;
  const brought = await whileHeldPost(work, post, UPLOAD_MS, (signal) =>
    publisher.upload({ name, contentType, bytes }, signal),
  ).catch((err: unknown): ReadResult<string> => {
    work.log.error("a publisher threw", { postId: post.id, err });
    return { status: "failed", detail: "the call failed inside", operator: false };
  });
  if (brought.status === "ok")
    return (await work.stores.posts.uploaded(heldOf(post), brought.value)) ? brought.value : null;
  if (brought.status === "failed" && brought.operator) work.tellOperator(brought.detail);
  await again(work, post, null);
  return null;
}

/** `isCertain`: this try made nothing, and none before it is in doubt. */
async function again(
  work: PostWork,
  post: Post,
  retryAfterMs: number | null,
  isCertain = false,
  deliveries: readonly NewDelivery[] = [],
): Promise<void> {
  const waitMs = Math.min(60_000, 5_000 * 2 ** Math.min(4, post.tries));
  const now = work.clock.now();
  const dueAt = now + Math.max(retryAfterMs ?? 0, waitMs);
  await work.stores.posts.later(heldOf(post), { dueAt, isCertain, owed: { deliveries, now } });
  if (deliveries.length > 0) work.announce(post);
}

function contentOf(post: Post & { readonly uploadUrl: string }, now: number): PostContent {
  const isAhead = post.scheduledAt !== null && post.scheduledAt > now + NEAR_MS;
  return {
    postId: post.id,
    externalAccountId: post.externalAccountId,
    network: post.network,
    text: post.text,
    media: {
      kind: post.media.contentType === "video/mp4" ? "video" : "image",
      url: post.uploadUrl,
      altText: post.altText,
      contentType: post.media.contentType,
      sizeBytes: post.media.sizeBytes,
    },
    story: post.story,
    isAiGenerated: post.isAiGenerated,
    scheduledAt: isAhead ? post.scheduledAt : null,
    formerIds: post.formerIds,
  };
}

function failed(why: "service" | "media", detail: string) {
  return { state: "failed", remote: null, failure: { why, detail } } as const;
}
