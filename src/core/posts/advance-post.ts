import { unreachable } from "../errors.ts";
import { adopt, handOver } from "./hand-over.ts";
import type { Post } from "./post.ts";
import {
  endPost,
  heldOf,
  obstacleTo,
  type PostWork,
  recheckAt,
  waitedSince,
  whileHeldPost,
} from "./post-work.ts";
import { carryWish, hasWish } from "./wish.ts";

const CALL_MS = 60_000;
const CANCEL_AGAIN_MS = 10_000;
/** A network that has not said anything for so long will not. */
const SILENT_MS = 24 * 3_600_000;
/**
 * What the service still keeps is not given up: its time may have been changed there, by a call whose answer was lost.
 * No time is further away than this.
 */
const LONGEST_KEPT_MS = 181 * 24 * 3_600_000;

/** Works on one claimed post until it waits again or has ended. */
export async function advancePost(work: PostWork, post: Post): Promise<void> {
  switch (post.state) {
    case "confirmed":
    case "handing_over":
      return handOver(work, post);
    case "scheduled":
      if (!(await work.mayKeep(post))) return cancel(work, post);
      return hasWish(post) ? fulfil(work, post) : follow(work, post);
    case "publishing":
      return follow(work, post);
    case "cancelling":
      return cancel(work, post);
    case "waiting":
    case "published":
    case "failed":
    case "cancelled":
    case "rejected":
      return;
    default:
      return unreachable(post.state);
  }
}

/** Reads what became of it. States only rise: what was published is not scheduled again by a late answer. */
async function follow(work: PostWork, post: Post): Promise<void> {
  const { publisher } = work;
  const { externalId } = post;
  const now = work.clock.now();
  if (!publisher || externalId === null) return later(work, post);
  const read = await whileHeldPost(work, post, CALL_MS, (signal) => publisher.get(externalId, signal));
  if (read.status === "gone") {
    const failure = { why: "unknown", detail: "the service does not know it any more" } as const;
    return endPost(work, post, { state: "failed", remote: null, failure });
  }
  if (read.status === "failed") {
    if (read.operator) work.tellOperator(read.detail);
    return later(work, post);
  }
  const remote = read.value;
  if (remote.status === "scheduled" || remote.status === "publishing") {
    const patienceMs = remote.status === "publishing" ? SILENT_MS : LONGEST_KEPT_MS;
    if (now > waitedSince(post) + patienceMs) {
      const silent = { why: "unknown", detail: "the network never answered" } as const;
      return endPost(work, post, { state: "failed", remote, failure: remote.failure ?? silent });
    }
    const rises = remote.status === "publishing" && post.state === "scheduled";
    return later(work, rises ? { ...post, state: "publishing" } : post, rises);
  }
  return adopt(work, post, remote);
}

/** A change whose answer was lost, or that the service could not take at once: its author is told what came of it. */
async function fulfil(work: PostWork, post: Post): Promise<void> {
  await carryWish(work, post, (changed, isTaken) => work.changeNews(changed, isTaken));
  work.announce(post);
}

async function later(work: PostWork, post: Post, rises = false): Promise<void> {
  const dueAt = recheckAt(post, work.clock.now());
  await work.stores.posts.later(heldOf(post), { dueAt, ...(rises ? { state: "publishing" as const } : {}) });
  if (rises) work.announce(post);
}

/** Nobody is told "cancelled" before the service has said so. */
async function cancel(work: PostWork, post: Post): Promise<void> {
  const { publisher } = work;
  const { externalId } = post;
  if (!publisher || externalId === null) return later(work, post);
  const result = await whileHeldPost(work, post, CALL_MS, (signal) => publisher.cancel(externalId, signal));
  const now = work.clock.now();
  switch (result.status) {
    case "cancelled":
      return endPost(work, post, {
        state: "cancelled",
        remote: null,
        failure: await obstacleTo(work, post),
      });
    case "too-late":
      await work.stores.posts.later(heldOf(post), { dueAt: now, state: "publishing" });
      return;
    case "unknown":
      await work.stores.posts.later(heldOf(post), { dueAt: now + CANCEL_AGAIN_MS });
  }
}
