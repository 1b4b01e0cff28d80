import type { MediaAsset } from "../generation/asset.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { Signals } from "../ports/signals.ts";
import type { Stores } from "../ports/stores.ts";
import { createAmendments } from "./amend.ts";
import type { Captioning } from "./captioning.ts";

/** A result that is older than this gets one only when it is asked for. */
const FRESH_MS = 10 * 60_000;
const AT_ONCE = 20;
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

  async function one(asset: MediaAsset): Promise<void> {
    const user = await stores.users.byId(asset.userId);
    if (!user || !captioning.wantedBy(user)) return;
    await amendments.bring(asset, await captioning.write(user, asset, { change: "new" }));
  }

  return {
    async tick() {
      if (!captioning.isWritten) return;
      const missing = await stores.captions.missing(clock.now() - FRESH_MS, AT_ONCE);
      for (const asset of missing) {
        if (inHand.has(asset.id)) continue;
        inHand.add(asset.id);
        void one(asset)
          .catch((err: unknown) => log.warn("no caption was written", { generationId: asset.id, err }))
          .finally(() => inHand.delete(asset.id));
      }
    },
  };
}
