import type { CoreConfig } from "../core-config.ts";
import type { UserId } from "../identifiers.ts";
import type { Clock } from "../ports/clock.ts";
import type { CaptionStore } from "../ports/post-stores.ts";
import { dayEndsAt, dayOf } from "../usage/allowance.ts";
import type { CaptionLack } from "./caption.ts";

/** How many calls of the caption model a day (UTC) may have: each costs the operator money. */
export interface CaptionAllowance {
  /** Takes the right to one call; null: taken, and the call is counted whatever comes of it. */
  take(userId: UserId): Promise<CaptionLack | null>;
}

/** Counted in the database: neither a restart nor a second process forgets what was spent. */
export function createCaptionAllowance(dependencies: {
  readonly config: Pick<CoreConfig, "captionDailyLimit" | "captionDailyCap">;
  readonly captions: Pick<CaptionStore, "countCall">;
  readonly clock: Pick<Clock, "now">;
}): CaptionAllowance {
  const { config, captions, clock } = dependencies;
  return {
    async take(userId) {
      const now = clock.now();
      const counted = await captions.countCall({
        day: dayOf(now),
        userId,
        memberLimit: config.captionDailyLimit || null,
        instanceLimit: config.captionDailyCap || null,
      });
      return counted === "counted" ? null : { why: `${counted}-limit`, until: dayEndsAt(now) };
    },
  };
}
