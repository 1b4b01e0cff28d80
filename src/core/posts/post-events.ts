import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { PublisherEvent } from "../ports/publisher.ts";
import type { Stores } from "../ports/stores.ts";
import type { Accounts } from "./accounts.ts";

/** What the publishing service says happened: believed in which post it is about, and read again. */
export interface PostEvents {
  arrived(event: PublisherEvent): Promise<void>;
}

const SOURCE = "late";

export function createPostEvents(dependencies: {
  readonly stores: Pick<Stores, "inbox" | "posts" | "accounts">;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  wake(): void;
}): PostEvents {
  const { stores, accounts, clock, ids, log, wake } = dependencies;
  return {
    async arrived({ eventId, postId, externalPostId, externalAccountId }) {
      const now = clock.now();
      const key = ids.fingerprint(`zn:${eventId}`);
      if (!(await stores.inbox.handled(key, SOURCE, now, null))) return;
      log.info("the publishing service says that something happened", { postId: postId ?? "" });
      if (postId?.startsWith("post_")) await stores.posts.nudge({ id: `post_${postId.slice(5)}` }, now);
      else if (externalPostId !== null) await stores.posts.nudge({ externalId: externalPostId }, now);
      const account =
        externalAccountId === null ? null : await stores.accounts.byExternalId(externalAccountId);
      if (account) await accounts.refresh(account.owner);
      wake();
    },
  };
}
