import type { NewDelivery } from "../delivery/delivery.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { Stores } from "../ports/stores.ts";

const MEMBERS_TOLD = 1_000;

/** What a start does before anything runs: take up the work of the process before, and tell who waits for it. */
export interface Resume {
  /** Only where no other process can be at work on this database. */
  takeLeases(now: number): Promise<void>;
  /** Each member with unfinished work, once for that work however often the process starts. */
  tellMembers(now: number): Promise<void>;
  /** At the end of a process: nobody has to wait for its leases to run out. */
  giveBackLeases(now: number): Promise<void>;
}

export function createResume(dependencies: {
  readonly stores: Pick<Stores, "generation" | "deliveries" | "posts">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly holder: string;
}): Resume {
  const { stores, ids, log, holder } = dependencies;

  return {
    async takeLeases(now) {
      const assets = await stores.generation.releaseLeases(holder, now);
      const deliveries = await stores.deliveries.releaseLeases(holder, now);
      const posts = await stores.posts.releaseLeases(holder, now);
      if (assets + deliveries + posts > 0)
        log.info("leases of an earlier process were taken back", { assets, deliveries, posts });
    },
    async giveBackLeases(now) {
      const assets = await stores.generation.returnLeases(holder, now);
      const deliveries = await stores.deliveries.returnLeases(holder, now);
      await stores.posts.returnLeases(holder, now);
      if (assets + deliveries > 0) log.info("leases were given back", { assets, deliveries });
    },
    async tellMembers(now) {
      const unfinished = await stores.generation.unfinishedBatches(MEMBERS_TOLD);
      const notices: NewDelivery[] = [];
      for (const { batchId, userId } of unfinished) {
        const status = await stores.deliveries.statusOf(batchId);
        if (!status) continue;
        notices.push({
          id: ids.create("dlv"),
          kind: "resumed",
          dedupeKey: `resumed:${batchId}`,
          userId,
          batchId,
          assetId: null,
          target: { ...status.target, chatKey: status.target.resultKey ?? status.target.chatKey },
          lane: "interactive",
          reply: null,
          dueAt: now,
        });
      }
      if (notices.length > 0) await stores.deliveries.add(notices);
    },
  };
}
