import type { PollResult } from "../ports/generator.ts";
import type { MediaAsset } from "./asset.ts";
import { afterFailure } from "./failure.ts";
import { fetchLater, fetchResult } from "./keep.ts";
import { nextLookAfterMs, rankAt } from "./ramp.ts";
import { deadlineOf, finish, heldOf, hint, statusDueAt, type WorkDependencies, whileHeld } from "./work.ts";

const READ_TIMEOUT_MS = 60_000;
/** "Done" without media, read this often before it is a failure. */
const EMPTY_READS = 4;

/** `submitted`: one look at the task, and what follows from it. */
export async function look(work: WorkDependencies, asset: MediaAsset): Promise<void> {
  const model = work.offers.find(asset.provider, asset.kind);
  if (!model || asset.operation === null) {
    const detail = model ? "the task is not known" : "not configured any more";
    await finish(work, asset, {
      state: "failed",
      reason: "provider-unavailable",
      code: "PROVIDER_DOWN",
      detail,
    });
    return;
  }
  const [result] = await Promise.all([read(work, asset), hint(work, asset)]);
  switch (result.status) {
    case "pending":
      return later(work, asset, model.typicalMs, result.progress ?? asset.progress, 0);
    case "unreadable":
      work.log.warn("a status could not be read", {
        generationId: asset.id,
        provider: asset.provider,
        detail: result.detail,
      });
      return later(work, asset, model.typicalMs, asset.progress, result.retryAfterMs ?? 0);
    case "empty":
      return fetchLater(work, asset, EMPTY_READS, "done without media");
    case "failed":
      return afterFailure(work, asset, result.failure);
    case "done":
      return fetchResult(work, asset, result.media[0]);
  }
}

async function read(work: WorkDependencies, asset: MediaAsset): Promise<PollResult> {
  const generator = work.offers.generatorOf(asset.provider, asset.kind);
  try {
    return await whileHeld(work, asset, READ_TIMEOUT_MS, (signal) =>
      generator.poll(asset.operation, { signal, callbackUrl: null }),
    );
  } catch (err) {
    work.log.error("a generator threw", {
      generationId: asset.id,
      provider: asset.provider,
      operation: "poll",
      err,
    });
    return { status: "unreadable", detail: "the call failed inside" };
  }
}

async function later(
  work: WorkDependencies,
  asset: MediaAsset,
  typicalMs: number,
  progress: number | null,
  retryAfterMs: number,
): Promise<void> {
  const now = work.clock.now();
  const deadline = deadlineOf(asset, work.config);
  if (deadline !== null && now >= deadline) {
    const detail = "still running at the deadline";
    return finish(work, asset, { state: "expired", reason: "timed-out", code: "PROVIDER_TIMEOUT", detail });
  }
  const acceptedAt = asset.acceptedAt ?? now;
  const wanted = now + Math.max(retryAfterMs, nextLookAfterMs(now - acceptedAt, work.config.pollIntervalMs));
  const dueAt = deadline === null ? wanted : Math.min(wanted, deadline);
  const moved = progress !== asset.progress;
  await work.stores.generation.lookAgain(heldOf(asset), {
    dueAt,
    rankAt: rankAt(dueAt, acceptedAt, typicalMs),
    progress,
    fetchFailures: asset.fetchFailures,
    statusDueAt: moved ? await statusDueAt(work, asset) : now,
  });
  if (moved) work.signals.emit({ kind: "asset", assetId: asset.id, userId: asset.userId });
}
