import cron, { type ScheduledTask } from "node-cron";
import PQueue from "p-queue";
import type { Signals } from "../core/ports/signals.ts";
import { advancePost } from "../core/posts/advance-post.ts";
import { POST_LEASE_MS, type PostWork } from "../core/posts/post-work.ts";
import { createKicker } from "./kick.ts";

/**
 * How many posts are worked on at once. A slow answer holds its place for a minute, so there are more places than the
 * sixty calls a minute that the service allows on its smallest plan would need.
 */
const AT_ONCE = 12;

export interface PostWorker {
  start(): void;
  /** Claims nothing more and waits for what is under way, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Claims posts whose time has come each second, and at once after a signal; has captions written that are missing. */
export function createPostWorker(dependencies: {
  readonly work: PostWork;
  readonly captions: { tick(): Promise<void> };
  /** Asked each hour. */
  readonly expiry: { run(): Promise<number> };
  readonly signals: Signals;
  readonly holder: string;
}): PostWorker {
  const { work, captions, expiry, signals, holder } = dependencies;
  const queue = new PQueue({ concurrency: AT_ONCE });
  const kicker = createKicker(tick, (err) => work.log.error("the tick failed", { err }));
  let tasks: ScheduledTask[] = [];
  let unlisten = (): void => {};

  async function tick(): Promise<void> {
    await captions.tick();
    const room = AT_ONCE - queue.pending - queue.size;
    if (room <= 0) return;
    const claimed = await work.stores.posts.claim(holder, work.clock.now(), POST_LEASE_MS, room);
    for (const post of claimed) {
      void queue.add(() =>
        advancePost(work, post)
          .catch((err: unknown) => work.log.error("a post could not be advanced", { postId: post.id, err }))
          .finally(() => kicker.kick()),
      );
    }
  }

  return {
    start() {
      unlisten = signals.on((signal) => {
        if (signal.kind === "work") kicker.kick();
      });
      const failed = (err: unknown): void => work.log.error("undecided posts could not be ended", { err });
      tasks = [
        cron.schedule("* * * * * *", () => kicker.kick(), { noOverlap: true }),
        cron.schedule("17 * * * *", () => expiry.run().catch(failed), { noOverlap: true }),
      ];
      kicker.kick();
    },
    async stop(graceMs) {
      unlisten();
      for (const task of tasks) await task.destroy();
      await kicker.stop();
      queue.clear();
      const over = new AbortController();
      const idle = queue.onIdle().then(() => over.abort());
      await Promise.race([idle, work.clock.sleep(graceMs, over.signal)]);
      over.abort();
    },
  };
}
