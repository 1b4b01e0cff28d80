import type { UserId } from "../../core/identifiers.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { UPLOADS_AN_HOUR, UPLOADS_AT_ONCE } from "./limits.ts";

/** What every member may upload: so many at once and in an hour of the clock. Counted in this process only. */
export interface UploadShares {
  /** Null: not now. Otherwise it is under way until the answer is called. */
  take(userId: UserId): (() => void) | null;
}

interface Share {
  hour: number;
  inHour: number;
  atOnce: number;
}

const HOUR_MS = 3_600_000;

export function createUploadShares(clock: Pick<Clock, "now">): UploadShares {
  const shares = new Map<UserId, Share>();
  return {
    take(userId) {
      const hour = Math.floor(clock.now() / HOUR_MS);
      for (const [id, { hour: last, atOnce }] of shares) if (last !== hour && atOnce === 0) shares.delete(id);
      const share = shares.get(userId) ?? { hour, inHour: 0, atOnce: 0 };
      if (share.hour !== hour) Object.assign(share, { hour, inHour: 0 });
      shares.set(userId, share);
      if (share.atOnce >= UPLOADS_AT_ONCE || share.inHour >= UPLOADS_AN_HOUR) return null;
      share.atOnce += 1;
      share.inHour += 1;
      return () => {
        share.atOnce -= 1;
      };
    },
  };
}
