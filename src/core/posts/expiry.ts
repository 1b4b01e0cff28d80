import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { PostStores } from "../ports/post-stores.ts";
import type { Tidings } from "./tidings.ts";

/** Ends what no approver has decided: its author is not left waiting for ever. */
export interface PostExpiry {
  /** How many were ended. */
  run(): Promise<number>;
}

/** So long after its time an approver may still say "now". */
const GRACE_MS = 24 * 3_600_000;
/** Of one that is for at once. */
const PATIENCE_MS = 7 * 24 * 3_600_000;
const AT_ONCE = 100;

export function createPostExpiry(dependencies: {
  readonly stores: Pick<PostStores, "posts">;
  readonly tidings: Pick<Tidings, "ofExpiry">;
  readonly clock: Clock;
  readonly log: Log;
  wake(): void;
}): PostExpiry {
  const { stores, tidings, clock, log, wake } = dependencies;
  return {
    async run() {
      const now = clock.now();
      const before = { timed: now - GRACE_MS, atOnce: now - PATIENCE_MS };
      let count = 0;
      for (const post of await stores.posts.undecided(before, AT_ONCE)) {
        const deliveries = await tidings.ofExpiry(post);
        const ending = { publicUrl: null, externalId: null, failure: null, now, deliveries };
        if (await stores.posts.withdraw(post.id, { ...ending, state: "rejected" })) count += 1;
      }
      if (count > 0) {
        log.info("posts were ended that nobody decided", { count });
        wake();
      }
      return count;
    },
  };
}
