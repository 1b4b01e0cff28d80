import { normalisePrompt } from "../generation/prompt.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { PostStores } from "../ports/post-stores.ts";
import type { Publisher } from "../ports/publisher.ts";
import type { Post } from "./post.ts";
import { KEPT_THERE_MS, POST_LEASE_MS } from "./post-work.ts";
import { type Problem, preflight } from "./preflight.ts";
import { carryWish } from "./wish.ts";

export type PostChange =
  | { readonly status: "changed"; readonly post: Post }
  /** Stored, and asked for until the service has answered; its author is told. */
  | { readonly status: "asked"; readonly post: Post }
  /** It is being handed over or changed at this moment. */
  | { readonly status: "busy" }
  | { readonly status: "too-late" | "not-changed" }
  | { readonly status: "problems"; readonly problems: readonly Problem[] };

/** What can be done with a post after it was confirmed, by its author. */
export interface PostChanges {
  /** `cancelled`: nothing had left. `cancelling`: its author is told. */
  cancel(post: Post): Promise<"cancelled" | "cancelling" | "too-late">;
  /** False: it has not failed. */
  retry(post: Post): Promise<boolean>;
  /** What stands in the row is what will be posted: of one that the service keeps, after the service has taken it. */
  change(post: Post, what: { readonly text?: string; readonly scheduledAt?: number }): Promise<PostChange>;
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
  wake(): void;
}): PostChanges {
  const { stores, clock, ids, holder, wake } = dependencies;
  const stateOf = async ({ id }: Post) => (await stores.posts.get(id))?.state;

  return {
    async cancel(post) {
      const now = clock.now();
      const ending = { publicUrl: null, externalId: null, failure: null, now, deliveries: [] };
      const isWithdrawn = await stores.posts.withdraw(post.id, { ...ending, state: "cancelled" });
      const isAsked = !isWithdrawn && (await stores.posts.askCancel(post.id, now));
      if (isWithdrawn || isAsked) wake();
      if (isWithdrawn) return "cancelled";
      if (isAsked) return "cancelling";
      const state = await stateOf(post);
      return state === "cancelled" || state === "cancelling" ? state : "too-late";
    },

    async retry(post) {
      const keys = { idempotencyKey: ids.create("idem"), requestId: ids.create("req") };
      const now = clock.now();
      if (!(await stores.posts.tryAgain(post.id, keys, now, now - KEPT_THERE_MS))) return false;
      wake();
      return true;
    },

    async change(post, { scheduledAt, text: words }) {
      const text = words === undefined ? undefined : exactText(words);
      const problems = text === undefined ? [] : textProblems(post, text);
      if (problems.length > 0) return { status: "problems", problems };
      const what = {
        ...(text === undefined ? {} : { text }),
        ...(scheduledAt === undefined ? {} : { scheduledAt }),
      };
      const outcome = await changed(post, what);
      wake();
      if (outcome !== "changed" && outcome !== "asked") return { status: outcome };
      return { status: outcome, post: (await stores.posts.get(post.id)) ?? { ...post, ...what } };
    },
  };

  async function changed(
    post: Post,
    what: { readonly text?: string; readonly scheduledAt?: number },
  ): Promise<"changed" | "asked" | "busy" | "too-late" | "not-changed"> {
    const now = clock.now();
    if (await stores.posts.change(post.id, what, now)) return "changed";
    const held = await stores.posts.want(post.id, what, holder, now + POST_LEASE_MS);
    if (held === null) {
      const state = await stateOf(post);
      return state === "handing_over" || state === "scheduled" ? "busy" : "too-late";
    }
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
}
