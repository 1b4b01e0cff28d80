import type { NewDelivery } from "../delivery/delivery.ts";
import { normalisePrompt } from "../generation/prompt.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { PostStores, PostWish } from "../ports/post-stores.ts";
import type { Publisher } from "../ports/publisher.ts";
import type { Post } from "./post.ts";
import { KEPT_THERE_MS, POST_LEASE_MS } from "./post-work.ts";
import { type Problem, preflight } from "./preflight.ts";
import { carryWish } from "./wish.ts";

export type PostChange =
  | { readonly status: "changed"; readonly post: Post }
  /** Stored, and asked for until the service has answered; its author is told. */
  | { readonly status: "asked"; readonly post: Post }
  /**
   * `busy`: it is being handed over or changed at this moment. `approved`: it goes out as approvers saw it, or not at
   * all. `not-allowed`: the right to post there was taken away. `ended`: there is nothing left to change.
   */
  | { readonly status: "busy" | "approved" | "not-allowed" | "ended" }
  | { readonly status: "too-late" | "not-changed" }
  | { readonly status: "problems"; readonly problems: readonly Problem[] };

/** What can be done with a post after it was confirmed, by its author. */
export interface PostChanges {
  /** `cancelled`: nothing had left. `cancelling`: its author is told. `ended`: nothing of it will be posted anyway. */
  cancel(post: Post): Promise<"cancelled" | "cancelling" | "too-late" | "ended">;
  /** False: it has not failed, or may not be posted there any more. */
  retry(post: Post): Promise<boolean>;
  /**
   * What stands in the row is what will be posted: of one that the service keeps, after the service has taken it. Of one
   * that failed the text alone, for another try.
   */
  change(post: Post, what: PostWish): Promise<PostChange>;
}

const TEXT_UNITS = 70_000;

/** Words of a member as they are posted: only what cannot be seen is taken out. */
export function exactText(words: string): string {
  return normalisePrompt(words.toWellFormed().slice(0, TEXT_UNITS));
}

/** What the post's network would refuse of another text. */
export function textProblems({ network, story, media }: Post, text: string): readonly Problem[] {
  const problems = preflight({ network, story, text, hashtags: [], media, quotaLeft: null });
  return problems.filter(({ code }) => code === "text" || code === "hashtags");
}

export function createPostChanges(dependencies: {
  readonly publisher: Publisher | null;
  readonly stores: Pick<PostStores, "posts">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly holder: string;
  mayPost(post: Post): Promise<boolean>;
  /** What approvers are shown of a post that has been decided: changes of its card. */
  settled(post: Post): Promise<readonly NewDelivery[]>;
  wake(): void;
}): PostChanges {
  const { stores, clock, ids, holder, mayPost, settled, wake } = dependencies;
  const stateOf = async ({ id }: Post) => (await stores.posts.get(id))?.state;

  return {
    async cancel(post) {
      const now = clock.now();
      // Approvers need not look at it any more.
      const deliveries = post.state === "waiting" ? await settled({ ...post, state: "cancelled" }) : [];
      const ending = { publicUrl: null, externalId: null, failure: null, now, deliveries };
      const isWithdrawn = await stores.posts.withdraw(post.id, { ...ending, state: "cancelled" });
      const isAsked = !isWithdrawn && (await stores.posts.askCancel(post.id, now));
      if (isWithdrawn || isAsked) wake();
      if (isWithdrawn) return "cancelled";
      if (isAsked) return "cancelling";
      const state = await stateOf(post);
      if (state === "cancelled" || state === "cancelling") return state;
      return state === "failed" || state === "rejected" ? "ended" : "too-late";
    },

    async retry(post) {
      const keys = { idempotencyKey: ids.create("idem"), requestId: ids.create("req") };
      const now = clock.now();
      if (!(await mayPost(post))) return false;
      if (!(await stores.posts.tryAgain(post.id, keys, now, now - KEPT_THERE_MS))) return false;
      wake();
      return true;
    },

    async change(post, { scheduledAt, zone, text: words }) {
      const text = words === undefined ? undefined : exactText(words);
      const problems = text === undefined ? [] : textProblems(post, text);
      if (problems.length > 0) return { status: "problems", problems };
      if (!(await mayPost(post))) return { status: "not-allowed" };
      const outcome = await changed(post, {
        ...(text === undefined ? {} : { text }),
        ...(scheduledAt === undefined ? {} : { scheduledAt }),
        ...(zone === undefined ? {} : { zone }),
      });
      wake();
      if (outcome !== "changed" && outcome !== "asked") return { status: outcome };
      return { status: outcome, post: (await stores.posts.get(post.id)) ?? post };
    },
  };

  async function changed(
    post: Post,
    wish: PostWish,
  ): Promise<"changed" | "asked" | Exclude<PostChange["status"], "changed" | "asked" | "problems">> {
    const now = clock.now();
    if (await stores.posts.change(post.id, wish, now)) return "changed";
    const held = await stores.posts.want(post.id, wish, holder, now + POST_LEASE_MS);
    if (held === null) return otherwise(post, wish);
    // Its author has the answer at once; only what is found out later is told in a message.
    switch (await carryWish(dependencies, held, () => Promise.resolve([]))) {
      case "taken":
        return "changed";
      case "open":
        return "asked";
      case "refused":
        return (await stateOf(post)) === "scheduled" ? "not-changed" : "too-late";
    }
  }

  /** Why it is neither waiting here nor kept by the service for a change. */
  async function otherwise(
    { id }: Post,
    { text }: PostWish,
  ): Promise<"changed" | "busy" | "approved" | "ended" | "too-late"> {
    const post = await stores.posts.get(id);
    switch (post?.state) {
      case "confirmed":
      case "handing_over":
      case "scheduled":
        return post.community === null ? "busy" : "approved";
      case "failed": {
        if (post.community !== null) return "approved";
        const formerIds = post.externalId === null ? post.formerIds : [...post.formerIds, post.externalId];
        const isDone = text !== undefined && (await stores.posts.changeFailed(post, { text, formerIds }));
        return isDone ? "changed" : "ended";
      }
      case "cancelled":
      case "rejected":
        return "ended";
      case "waiting":
      case "publishing":
      case "published":
      case "cancelling":
      case undefined:
        return "too-late";
    }
  }
}
