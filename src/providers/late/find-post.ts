import type { PostContent, ReadResult } from "../../core/ports/publisher.ts";
import type { LateClient } from "./client.ts";
import { readFailure } from "./errors.ts";
import { type LatePost, listSchema } from "./schema.ts";

/** More than the maximum is refused, and the maximum is documented nowhere; the standard is 10. */
const PAGE_SIZE = 50;
const MAX_PAGES = 40;
/** How far the service's clock may be from ours. */
const SKEW_MS = 60 * 60_000;
/** An immediate post without our metadata is ours only when it was made this soon after the first try. */
const WINDOW_MS = 30 * 60_000;

const isTo = (post: LatePost, accountId: string): boolean =>
  post.platforms.length === 0 || post.platforms.some((one) => one.accountId === accountId);

/**
 * For lists that leave our metadata out: the same account and the very text, made since the first try, with the same
 * file or for the same moment. A post that carries another id of ours is another intent, however alike.
 */
function isAlike(post: LatePost, content: PostContent, sinceMs: number): boolean {
  if (post.easelPostId !== null || post.content !== content.text) return false;
  const { createdAt = null, scheduledFor = null } = post;
  if (createdAt === null || createdAt < sinceMs - SKEW_MS) return false;
  if (post.mediaItems.some((item) => item.url === content.media.url)) return true;
  if (post.mediaItems.length !== 1 || post.mediaItems[0]?.type !== content.media.kind) return false;
  if (content.scheduledAt === null) return Math.abs(createdAt - sinceMs) < WINDOW_MS;
  return scheduledFor !== null && Math.abs(scheduledFor - content.scheduledAt) < 60_000;
}

/**
 * Looks through the posts of the account, the newest first. Null means that every post since the first try was seen:
 * a list that ends early, or cannot be read, is a failure, since the caller repeats what is not there.
 */
export async function findPost(
  client: LateClient,
  content: PostContent,
  sinceMs: number,
  signal: AbortSignal,
): Promise<ReadResult<LatePost | null>> {
  let alike: LatePost | null = null;
  let isSorted = true;
  let order: { sortBy?: string } = { sortBy: "created-desc" };
  let previous = Number.POSITIVE_INFINITY;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = {
      accountId: content.externalAccountId,
      ...order,
      page: String(page),
      limit: String(PAGE_SIZE),
    };
    let answer = await client.get("/v1/posts", query, signal);
    if (answer.kind === "refused" && answer.status === 400 && order.sortBy !== undefined) {
      // The key is documented and its words are not: without that one the whole list has to be read.
      order = {};
      isSorted = false;
      const { sortBy: _, ...unsorted } = query;
      answer = await client.get("/v1/posts", unsorted, signal);
    }
    if (answer.kind !== "done") {
      const failure = readFailure<LatePost | null>(answer);
      // The account itself is gone: that says nothing about posts.
      return failure.status === "gone"
        ? { status: "failed", detail: "late 404 list", operator: false }
        : failure;
    }
    const list = listSchema.safeParse(answer.body);
    if (!list.success || list.data.posts.includes(null))
      return { status: "failed", detail: "late list unreadable", operator: false };
    const posts = list.data.posts.filter((post) => post !== null);
    for (const post of posts) {
      if (!isTo(post, content.externalAccountId)) continue;
      if (content.formerIds.includes(post.externalId ?? "")) continue;
      if (post.easelPostId === content.postId) return { status: "ok", value: post };
      if (alike === null && isAlike(post, content, sinceMs)) alike = post;
    }
    for (const { createdAt = null } of posts) {
      isSorted = isSorted && createdAt !== null && createdAt <= previous;
      previous = createdAt ?? previous;
    }
    const isBefore = isSorted && previous < sinceMs - SKEW_MS;
    const pages = list.data.pagination?.pages ?? null;
    const isEnd = pages === null ? posts.length < PAGE_SIZE : page >= pages;
    if (isBefore || isEnd) return { status: "ok", value: alike };
  }
  return { status: "failed", detail: "late list too long", operator: false };
}
