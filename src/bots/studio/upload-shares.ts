import type { UserId } from "../../core/identifiers.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { HELD_UPLOAD_BYTES, UPLOADED_BYTES_A_DAY, UPLOADS_AN_HOUR, UPLOADS_AT_ONCE } from "./limits.ts";

/** What every member may upload, and all of them together at once. Counted in this process only. */
export interface UploadShares {
  /**
   * Asked before a body is read.
   * - `taken`: it is under way until `done` is called with the bytes that are kept of it
   * - `spent`: this member has too many at once, in this hour, or kept too much today (by the clock, UTC)
   * - `busy`: too much of other members is being held just now
   */
  take(userId: UserId, announcedBytes: number): UploadShare;
}

export type UploadShare =
  | { readonly status: "taken"; readonly done: (keptBytes: number) => void }
  | { readonly status: "spent" }
  | { readonly status: "busy" };

interface Share {
  hour: number;
  inHour: number;
  day: number;
  inDayBytes: number;
  atOnce: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function createUploadShares(clock: Pick<Clock, "now">): UploadShares {
  const shares = new Map<UserId, Share>();
  let heldBytes = 0;

  function shareOf(userId: UserId): Share {
    const hour = Math.floor(clock.now() / HOUR_MS);
    const day = Math.floor(clock.now() / DAY_MS);
    for (const [id, { day: last, atOnce }] of shares) if (last !== day && atOnce === 0) shares.delete(id);
    const share = shares.get(userId) ?? { hour, inHour: 0, day, inDayBytes: 0, atOnce: 0 };
    if (share.hour !== hour) Object.assign(share, { hour, inHour: 0 });
    if (share.day !== day) Object.assign(share, { day, inDayBytes: 0 });
    shares.set(userId, share);
    return share;
  }

  return {
    take(userId, announcedBytes) {
      const share = shareOf(userId);
      const isSpent =
        share.atOnce >= UPLOADS_AT_ONCE ||
        share.inHour >= UPLOADS_AN_HOUR ||
        share.inDayBytes + announcedBytes > UPLOADED_BYTES_A_DAY;
      if (isSpent) return { status: "spent" };
      if (heldBytes + announcedBytes > HELD_UPLOAD_BYTES) return { status: "busy" };
      heldBytes += announcedBytes;
      share.atOnce += 1;
      share.inHour += 1;
      // Counted as kept until it is known how much is: others of the same member come meanwhile.
      share.inDayBytes += announcedBytes;
      const { day } = share;
      return {
        status: "taken",
        done(keptBytes) {
          heldBytes -= announcedBytes;
          share.atOnce -= 1;
          share.inDayBytes += share.day === day ? keptBytes - announcedBytes : keptBytes;
        },
      };
    },
  };
}
