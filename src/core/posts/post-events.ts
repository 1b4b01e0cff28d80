import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { Publisher, PublisherEvent } from "../ports/publisher.ts";
import type { Stores } from "../ports/stores.ts";
import type { Accounts } from "./accounts.ts";
import type { Post, PostId } from "./post.ts";
import type { Tidings } from "./tidings.ts";

/** What the publishing service says happened: believed in which post it is about, and read again. */
export interface PostEvents {
  arrived(event: PublisherEvent): Promise<void>;
}

const SOURCE = "late";
const CALL_MS = 30_000;
const AGAIN_MS = [300, 700, 2_000];

export function createPostEvents(dependencies: {
  readonly publisher: Publisher | null;
  readonly stores: Pick<Stores, "inbox" | "posts" | "accounts">;
  readonly tidings: Pick<Tidings, "ofEnd">;
  readonly accounts: Pick<Accounts, "refresh">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  wake(): void;
}): PostEvents {
  const { publisher, stores, accounts, tidings, clock, ids, log, wake } = dependencies;

  /** Some failures the service tries again by itself: one that was told as failed may be public after all. */
  async function correct(id: PostId): Promise<void> {
    const post = await stores.posts.get(id);
    if (!publisher || post?.state !== "failed" || post.externalId === null) return;
    const read = await publisher.get(post.externalId, AbortSignal.timeout(CALL_MS));
    if (read.status !== "ok" || read.value.status !== "published") return;
    const { publicUrl, externalId } = read.value;
    const now = clock.now();
    const ended: Post = { ...post, state: "published", publicUrl, failure: null, endedAt: now };
    const deliveries = await tidings.ofEnd(ended);
    await stores.posts.becamePublic(id, {
      state: "published",
      publicUrl,
      externalId,
      failure: null,
      isCertain: true,
      now,
      deliveries,
    });
  }

  /** Often the news is faster than the answer of the very call that made it: then somebody is still at work on it. */
  async function nudgeLater(id: PostId): Promise<void> {
    try {
      for (const delayMs of AGAIN_MS) {
        await clock.sleep(delayMs);
        const post = await stores.posts.get(id);
        if (post === null || post.endedAt !== null) return;
        if (!(await stores.posts.nudge({ id }, clock.now()))) continue;
        return wake();
      }
    } catch (err) {
      // Polling finds it as well.
      log.warn("a post could not be looked at early", { postId: id, err });
    }
  }

  return {
    async arrived({ eventId, postId, externalPostId, externalAccountId }) {
      const now = clock.now();
      const key = ids.fingerprint(`zn:${eventId}`);
      if (!(await stores.inbox.handled(key, SOURCE, now, null))) return;
      log.info("the publishing service says that something happened", { postId: postId ?? "" });
      if (postId?.startsWith("post_")) {
        const id: PostId = `post_${postId.slice(5)}`;
        if (!(await stores.posts.nudge({ id }, now))) {
          await correct(id);
          void nudgeLater(id);
        }
      } else if (externalPostId !== null) await stores.posts.nudge({ externalId: externalPostId }, now);
      const account =
        externalAccountId === null ? null : await stores.accounts.byExternalId(externalAccountId);
      if (account) await accounts.refresh(account.owner);
      wake();
    },
  };
}
