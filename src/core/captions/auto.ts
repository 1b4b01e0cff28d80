import type { MediaAsset } from "../generation/asset.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { Signals } from "../ports/signals.ts";
import type { Stores } from "../ports/stores.ts";
import type { User } from "../usage/user.ts";
import { createAmendments } from "./amend.ts";
import type { Captioning } from "./captioning.ts";

/** A result that is older than this gets one only when it is asked for. */
const FRESH_MS = 10 * 60_000;
const AT_ONCE = 20;
/** Of one tick; the next one goes on. */
const MOST_ROUNDS = 50;
/** Longer than a caption takes: whoever has not written it by then is gone, and somebody else may. */
const CLAIM_MS = 120_000;
/** So long a result waits for its caption; after that it is sent and changed when the caption is there. */
export const CAPTION_WAIT_MS = 5_000;

/** Writes captions for results that carry one by default. What is missing is read from the rows each time. */
export interface AutoCaptions {
  tick(): Promise<void>;
}

export function createAutoCaptions(dependencies: {
  readonly captioning: Captioning;
  readonly stores: Stores;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}): AutoCaptions {
  const { captioning, stores, clock, log } = dependencies;
  const amendments = createAmendments(dependencies);
  const inHand = new Set<string>();

  async function one(user: User, asset: MediaAsset): Promise<void> {
    const { caption } = await captioning.write(user, asset, { change: "new" });
    await amendments.bring(asset, caption);
  }

  /** Of all processes one does; a result whose member wants none gets none later either. */
  async function take(asset: MediaAsset): Promise<void> {
    const user = await stores.users.byId(asset.userId);
    const isWanted = user !== null && captioning.wantedBy(user);
    const now = clock.now();
    const isMine = await stores.captions.claim(asset.id, now, now + (isWanted ? CLAIM_MS : FRESH_MS));
    if (!isMine || !isWanted) return;
    inHand.add(asset.id);
    void one(user, asset)
      .catch((err: unknown) => log.warn("no caption was written", { generationId: asset.id, err }))
      .finally(() => inHand.delete(asset.id));
  }

  return {
    async tick() {
      if (!captioning.isWritten) return;
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const room = AT_ONCE - inHand.size;
        if (room <= 0) return;
        const now = clock.now();
        const missing = await stores.captions.missing(now - FRESH_MS, now, room);
        for (const asset of missing) await take(asset);
        // Those that nobody wants are no longer missing, and leave their places to the others.
        if (missing.length < room) return;
      }
    },
  };
}
