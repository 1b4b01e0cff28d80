import { FARTHEST_MS, NEAREST_MS } from "./when.ts";
import { resolveWall, wallAt, wholeMinute } from "./zones.ts";

const HOUR_MS = 3_600_000;
/** Hours of the day at which people look at their phones: the slots of a day. */
const SLOT_HOURS = [9, 12, 19];
const TONIGHT_HOUR = 19;
const MORNING_HOUR = 9;

export interface QuickTime {
  readonly kind: "hour" | "tonight" | "tomorrow";
  readonly at: number;
}

/** Times for buttons: in an hour, tonight at 19:00 where that is still ahead, tomorrow at 9:00. */
export function quickTimes(now: number, zone: string): readonly QuickTime[] {
  const today = wallAt(now, zone).toPlainDate();
  const tonight = atHour(today, TONIGHT_HOUR, zone);
  return [
    { kind: "hour", at: wholeMinute(now + HOUR_MS) },
    ...(tonight >= now + NEAREST_MS ? [{ kind: "tonight", at: tonight } as const] : []),
    { kind: "tomorrow", at: atHour(today.add({ days: 1 }), MORNING_HOUR, zone) },
  ];
}

/**
 * The first of 9:00, 12:00 and 19:00 in `zone` that is ahead and at least an hour away from everything in `taken`
 * (milliseconds UTC, of the same account). Null: none within the time that posts may be planned.
 */
export function nextFreeSlot(taken: readonly number[], now: number, zone: string): number | null {
  const today = wallAt(now, zone).toPlainDate();
  for (let days = 0; ; days += 1) {
    const day = today.add({ days });
    for (const hour of SLOT_HOURS) {
      const at = atHour(day, hour, zone);
      if (at > now + FARTHEST_MS) return null;
      if (at < now + NEAREST_MS) continue;
      if (taken.every((other) => Math.abs(other - at) >= HOUR_MS)) return at;
    }
  }
}

function atHour(day: Temporal.PlainDate, hour: number, zone: string): number {
  return resolveWall(day.toPlainDateTime({ hour }), zone).at;
}
