import type { CoreConfig } from "../core-config.ts";
import type { NewDelivery } from "../delivery/delivery.ts";
import type { ErrorCode } from "../errors.ts";
import { insist } from "../insist.ts";
import type { Clock } from "../ports/clock.ts";
import type { GeneratorModel } from "../ports/generator.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { MediaIntake, StoredMedia } from "../ports/media.ts";
import type { Messenger } from "../ports/messenger.ts";
import type { Signals } from "../ports/signals.ts";
import type { Ending, Held, Stores } from "../ports/stores.ts";
import { atOnce } from "../usage/members.ts";
import type { User } from "../usage/user.ts";
import type { EndReason, MediaAsset } from "./asset.ts";
import type { Health } from "./health.ts";
import type { Offers } from "./offers.ts";
import type { References } from "./references.ts";

export interface WorkDependencies {
  readonly config: CoreConfig;
  readonly offers: Offers;
  readonly stores: Pick<Stores, "generation" | "deliveries" | "users">;
  readonly intake: MediaIntake;
  readonly references: Pick<References, "load">;
  readonly health: Health;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The messenger of a platform at work, for its limits and its signs of life. */
  messenger(platform: string): Messenger | null;
  /** Where the provider behind a model may tell that a task is done; null: it cannot reach us. */
  callbackUrl(model: GeneratorModel, token: string): string | null;
  /** How long a result of this member waits for its caption; 0: it carries none. */
  captionWaitMs?(user: User): number;
}

/** How long a claim holds an asset; renewed while a call is under way. */
export const LEASE_MS = 120_000;
const RENEW_MS = 30_000;

export function heldOf(asset: MediaAsset): Held {
  return { id: asset.id, epoch: asset.epoch };
}

/** The moment after which nothing more is waited for, or null before the first submission. */
export function deadlineOf(asset: MediaAsset, config: CoreConfig): number | null {
  return asset.submittedAt === null ? null : asset.submittedAt + config.generationTimeoutMs;
}

/** When the status message of a batch may be edited next, at the earliest in `delayMs`. */
export async function statusDueAt(work: WorkDependencies, asset: MediaAsset, delayMs = 0): Promise<number> {
  const status = await work.stores.deliveries.statusOf(asset.batchId);
  return Math.max(work.clock.now() + delayMs, (status?.sentAt ?? 0) + editIntervalMs(work, asset));
}

/** The same without a look at when the last edit was: never too early, and it cannot fail. */
export function nextEditAt(work: WorkDependencies, asset: MediaAsset): number {
  return work.clock.now() + editIntervalMs(work, asset);
}

function editIntervalMs(work: WorkDependencies, asset: MediaAsset): number {
  return work.messenger(asset.platform)?.limits.editIntervalMs ?? 0;
}

/** A sign in the chat that work goes on, where the platform has one. Never fails: it runs beside a paid call. */
export async function hint(work: WorkDependencies, asset: MediaAsset): Promise<void> {
  const messenger = work.messenger(asset.platform);
  if (!messenger?.hint) return;
  try {
    const status = await work.stores.deliveries.statusOf(asset.batchId);
    if (status) messenger.hint(status.target, asset.kind);
  } catch (err) {
    work.log.warn("no sign of life was given", { generationId: asset.id, err });
  }
}

/**
 * Runs one outside call with its deadline, and keeps the lease while it lasts. A renewal that fails is tried again at
 * the next turn: a lease outlives three of them.
 */
export async function whileHeld<T>(
  work: WorkDependencies,
  asset: MediaAsset,
  timeoutMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const renewed = (): Promise<boolean> =>
    work.stores.generation.renew(heldOf(asset), work.clock.now() + LEASE_MS).catch((err: unknown) => {
      work.log.warn("lease not renewed", { generationId: asset.id, err });
      return true;
    });
  const renewing = (async () => {
    while (!over.signal.aborted) {
      await work.clock.sleep(RENEW_MS, over.signal);
      if (over.signal.aborted) return;
      if (!(await renewed())) return;
    }
  })();
  try {
    return await call(AbortSignal.timeout(timeoutMs));
  } finally {
    over.abort();
    await renewing;
  }
}

export type Finish =
  | { readonly state: "ready"; readonly media: StoredMedia }
  | {
      readonly state: "failed" | "expired" | "cancelled";
      readonly reason: EndReason;
      readonly code: ErrorCode | null;
      readonly detail: string;
    };

/** Everything that an ending writes, but for the compare-and-set itself. */
export async function endingFor(work: WorkDependencies, asset: MediaAsset, finish: Finish): Promise<Ending> {
  const now = work.clock.now();
  const [user, status] = await Promise.all([
    work.stores.users.byId(asset.userId),
    work.stores.deliveries.statusOf(asset.batchId),
  ]);
  const deliveries: NewDelivery[] = [];
  if (status && finish.state !== "cancelled") {
    const kind = finish.state === "ready" ? "result" : "failure";
    const target = { ...status.target, chatKey: status.target.resultKey ?? status.target.chatKey };
    deliveries.push({
      id: work.ids.create("dlv"),
      kind,
      dedupeKey: `${kind}:${asset.id}`,
      userId: asset.userId,
      batchId: asset.batchId,
      assetId: asset.id,
      target,
      lane: "backlog",
      reply: null,
      dueAt: finish.state === "ready" && user ? now + (work.captionWaitMs?.(user) ?? 0) : now,
    });
  }
  return {
    state: finish.state,
    media: finish.state === "ready" ? finish.media : null,
    reason: finish.state === "ready" ? null : finish.reason,
    code: finish.state === "ready" ? null : finish.code,
    detail: finish.state === "ready" ? null : finish.detail,
    now,
    ledgerId: work.ids.create("led"),
    deliveries,
    atOnce: user ? atOnce(user, work.config, now) : work.config.concurrentFree,
    // The result goes first; it may even take the status message's place.
    statusDueAt: nextEditAt(work, asset),
  };
}

/** Ends an asset whose lease is held, and tells everybody who listens. */
export async function finish(work: WorkDependencies, asset: MediaAsset, how: Finish): Promise<void> {
  const { ending, done } = await insist(work.clock, async () => {
    const planned = await endingFor(work, asset, how);
    return { ending: planned, done: await work.stores.generation.end(heldOf(asset), planned) };
  });
  const fields = {
    generationId: asset.id,
    user: asset.userId,
    provider: asset.provider,
    attempt: asset.attempts,
    durationMs: ending.now - asset.createdAt,
  };
  if (!done) {
    work.log.warn("generation was ended by somebody else", fields);
    return;
  }
  if (how.state === "ready") work.log.info("generation ready", { ...fields, sizeBytes: how.media.sizeBytes });
  else
    work.log.info("generation ended", {
      ...fields,
      state: how.state,
      reason: how.reason,
      detail: how.detail,
    });
  announce(work, asset);
}

/** Wakes whoever may have something to do now. */
export function announce(work: Pick<WorkDependencies, "signals">, asset: MediaAsset): void {
  work.signals.emit({ kind: "work" });
  work.signals.emit({ kind: "delivery", platform: asset.platform });
  work.signals.emit({ kind: "asset", assetId: asset.id, userId: asset.userId });
}
