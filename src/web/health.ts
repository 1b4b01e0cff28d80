import type { AssetState } from "../core/generation/asset.ts";

/** What the process knows of itself, read anew for each question. */
export interface HealthFacts {
  readonly generation: {
    readonly states: Readonly<Partial<Record<AssetState, number>>>;
    /** `createdAt` of the oldest unfinished asset. */
    readonly oldest: number | null;
  };
  readonly deliveries: { readonly waiting: number; readonly oldest: number | null };
  readonly platforms: Readonly<Record<string, { readonly up: boolean; readonly detail: string }>>;
  readonly providers: readonly {
    readonly id: string;
    readonly kind: string;
    readonly state: "up" | "resting" | "set-aside";
  }[];
}

export interface HealthReport {
  readonly status: "ok" | "degraded";
  /** Age in seconds of the oldest job that has not ended and the oldest message that is owed; null: none. */
  readonly oldestJobSeconds: number | null;
  readonly oldestDeliverySeconds: number | null;
  readonly unfinishedJobs: number;
  readonly waitingDeliveries: number;
  readonly platforms: HealthFacts["platforms"];
  /** `<id> <kind>`: its state. One that is down makes nothing degraded while others do its work. */
  readonly providers: Readonly<Record<string, string>>;
}

/** An asset ends within an hour in the queue and twenty minutes at the provider: past that something hangs. */
const JOB_LIMIT_SECONDS = 90 * 60;
const DELIVERY_LIMIT_SECONDS = 10 * 60;
const FINAL: ReadonlySet<string> = new Set(["ready", "failed", "cancelled", "expired"]);

/** Health is the age of what is unfinished, not that the process answers. */
export function reportHealth(facts: HealthFacts, now: number): HealthReport {
  const age = (moment: number | null) =>
    moment === null ? null : Math.max(0, Math.round((now - moment) / 1000));
  const oldestJobSeconds = age(facts.generation.oldest);
  const oldestDeliverySeconds = age(facts.deliveries.oldest);
  const isFine =
    (oldestJobSeconds ?? 0) <= JOB_LIMIT_SECONDS &&
    (oldestDeliverySeconds ?? 0) <= DELIVERY_LIMIT_SECONDS &&
    Object.values(facts.platforms).every(({ up }) => up);
  const unfinished = Object.entries(facts.generation.states).filter(([state]) => !FINAL.has(state));
  return {
    status: isFine ? "ok" : "degraded",
    oldestJobSeconds,
    oldestDeliverySeconds,
    unfinishedJobs: unfinished.reduce((sum, [, count]) => sum + count, 0),
    waitingDeliveries: facts.deliveries.waiting,
    platforms: facts.platforms,
    providers: Object.fromEntries(facts.providers.map(({ id, kind, state }) => [`${id} ${kind}`, state])),
  };
}
