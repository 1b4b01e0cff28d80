import type { User } from "./user.ts";

/** A calendar month in UTC: `2026-11`. */
export type Period = `${number}-${string}`;

/** The month that a moment belongs to. */
export function periodOf(now: number): Period {
  const date = new Date(now);
  return `${date.getUTCFullYear()}-${String(date.getUTCMonth() + 1).padStart(2, "0")}`;
}

/** The first moment of the next month (UTC), in milliseconds. */
export function resetsAt(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** The calendar day in UTC: `2026-11-22`, for the instance's daily cap. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** The first moment of the next day (UTC), in milliseconds. */
export function dayEndsAt(now: number): number {
  return Date.parse(`${dayOf(now)}T00:00:00Z`) + 86_400_000;
}

export function isPro(user: User, now: number): boolean {
  return user.plan === "pro" && (user.planUntil === null || user.planUntil > now);
}

/** Units a month: the member's own limit, else none (null) for pro while it lasts, else the instance's. */
export function monthlyLimit(user: User, freeMonthlyLimit: number, now: number): number | null {
  if (user.limitOverride !== null) return user.limitOverride;
  return isPro(user, now) ? null : freeMonthlyLimit;
}

export interface Balance {
  /** Units used of this month's limit. */
  readonly used: number;
  /** Null: unlimited. */
  readonly limit: number | null;
  /** Bonus units left. */
  readonly grants: number;
}

/** Units that can still be asked for, bonus included; null: as many as wanted. */
export function unitsLeft(balance: Balance): number | null {
  return balance.limit === null ? null : Math.max(0, balance.limit - balance.used) + balance.grants;
}
