import type { Core } from "../../core/core.ts";
import type { UserId } from "../../core/identifiers.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Signals } from "../../core/ports/signals.ts";
import type { PostId } from "../../core/posts/post.ts";
import type { User } from "../../core/usage/user.ts";
import type { Pages } from "./events.ts";
import type { PostRenderer } from "./post-render.ts";

/** Of each member the newest are watched; for older ones a page asks now and then. */
const WATCHED = 100;
/** Signals come in bursts: one look serves all of them. */
const LOOK_EVERY_MS = 200;

/** Tells the open pages of a member what became of their posts. */
export interface PostWatch {
  /** Before a page listens: what is there now, so that every later change is told. */
  begin(user: User): Promise<void>;
  stop(): void;
}

/** Core signals that posts may have changed, not which: those of members with an open page are looked through. */
export function watchPosts(dependencies: {
  readonly core: Pick<Core, "posts" | "members">;
  readonly signals: Signals;
  readonly pages: Pages;
  readonly render: Pick<PostRenderer, "post">;
  readonly clock: Pick<Clock, "sleep">;
  readonly log: Log;
}): PostWatch {
  const { core, signals, pages, render, clock, log } = dependencies;
  const told = new Map<UserId, ReadonlyMap<PostId, string>>();
  const stopping = new AbortController();
  let isBusy = false;
  let isWanted = false;

  async function look(): Promise<void> {
    isWanted = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (isWanted && !stopping.signal.aborted) {
        isWanted = false;
        await lookOnce();
        await clock.sleep(LOOK_EVERY_MS, stopping.signal);
      }
    } catch (err) {
      log.warn("pages not told of posts", { err });
    } finally {
      isBusy = false;
    }
  }

  async function lookOnce(): Promise<void> {
    for (const [userId, before] of told) {
      const identity = pages.identityOf(userId);
      const user = identity === null ? null : await core.members.find(identity);
      if (user === null) {
        told.delete(userId);
        continue;
      }
      told.set(userId, await shown(user, before));
    }
  }

  /** Tells what is different from `before`; null: nothing is told yet. */
  async function shown(
    user: User,
    before: ReadonlyMap<PostId, string> | null,
  ): Promise<ReadonlyMap<PostId, string>> {
    const { posts } = await core.posts.list({ userId: user.id, limit: WATCHED, offset: 0 });
    return new Map(
      posts.map((post) => {
        const rendered = render.post(user, post);
        const text = JSON.stringify(rendered);
        if (before !== null && before.get(post.id) !== text) pages.toMember(user.id, "post", rendered);
        return [post.id, text];
      }),
    );
  }

  const unlisten = signals.on(({ kind }) => {
    if (kind === "work" && told.size > 0) void look();
  });

  return {
    async begin(user) {
      if (told.has(user.id)) return;
      try {
        told.set(user.id, await shown(user, null));
      } catch (err) {
        // The page still hears of its pictures; every post counts as new at the next look.
        told.set(user.id, new Map());
        log.warn("posts cannot be read for a page", { err });
      }
    },
    stop() {
      unlisten();
      stopping.abort();
    },
  };
}
