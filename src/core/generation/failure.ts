import { MAXIMUM_ATTEMPTS } from "../core-config.ts";
import { unreachable } from "../errors.ts";
import { insist } from "../insist.ts";
import type { Failure } from "../ports/generator.ts";
import type { EndReason, MediaAsset } from "./asset.ts";
import { fallBack } from "./fallback.ts";
import { backoffMs, retryDelayMs } from "./ramp.ts";
import { announce, deadlineOf, finish, heldOf, nextEditAt, type WorkDependencies } from "./work.ts";

/**
 * What follows a certain failure of an attempt: another attempt (at most 3, after 2, 4 and 6 s), waiting without
 * an attempt (the provider is busy), the next provider of the kind, or the end with the unit given back.
 */
export async function afterFailure(
  work: WorkDependencies,
  asset: MediaAsset,
  failure: Failure,
): Promise<void> {
  const { detail, code } = failure;
  work.log.warn("an attempt failed", {
    generationId: asset.id,
    provider: asset.provider,
    attempt: asset.attempts,
    kind: failure.kind,
    code,
    detail,
  });
  switch (failure.kind) {
    case "busy":
      return again(work, asset, failure, backoffMs(1, work.ids.random, failure.retryAfterMs), false);
    case "transient":
      if (asset.attempts >= MAXIMUM_ATTEMPTS) return giveUp(work, asset, failure, "provider-failed");
      return again(
        work,
        asset,
        failure,
        retryDelayMs(asset.attempts, work.ids.random, failure.retryAfterMs),
        true,
      );
    case "content":
      return fail(work, asset, failure, "content-refused");
    case "input":
      return fail(work, asset, failure, "input-refused");
    case "operator":
      return giveUp(work, asset, failure, "provider-unavailable");
    default:
      return unreachable(failure.kind);
  }
}

/** Nothing more from this provider: the next one is asked, else it ends. */
async function giveUp(
  work: WorkDependencies,
  asset: MediaAsset,
  failure: Failure,
  reason: EndReason,
): Promise<void> {
  if (!(await fallBack(work, asset, failure))) return fail(work, asset, failure, reason);
}

async function again(
  work: WorkDependencies,
  asset: MediaAsset,
  failure: Failure,
  delayMs: number,
  counts: boolean,
): Promise<void> {
  const now = work.clock.now();
  const dueAt = now + delayMs;
  const deadline = deadlineOf(asset, work.config);
  if (deadline !== null && dueAt > deadline) {
    const { code, detail } = failure;
    return finish(work, asset, { state: "expired", reason: "timed-out", code, detail });
  }
  const { detail } = failure;
  const next = { now, dueAt, detail, counts, statusDueAt: nextEditAt(work, asset) };
  const kept = await insist(work.clock, () => work.stores.generation.retry(heldOf(asset), next));
  if (kept) announce(work, asset);
}

function fail(work: WorkDependencies, asset: MediaAsset, failure: Failure, reason: EndReason): Promise<void> {
  return finish(work, asset, { state: "failed", reason, code: failure.code, detail: failure.detail });
}
