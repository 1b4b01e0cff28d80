import { insist } from "../insist.ts";
import type { ProducedMedia } from "../ports/generator.ts";
import type { IntakeResult } from "../ports/media.ts";
import type { MediaAsset } from "./asset.ts";
import { afterFailure } from "./failure.ts";
import { backoffMs, rankAt } from "./ramp.ts";
import { deadlineOf, finish, heldOf, statusDueAt, type WorkDependencies, whileHeld } from "./work.ts";

/** A result that cannot be used is fetched again this often: a page in place of a picture may pass. */
const USELESS_FETCHES = 3;
/** A host that cannot be reached gets longer: 5, 10, 20 … seconds. */
const UNREACHABLE_FETCHES = 8;
/** "Fetching the result" is only worth an edit when it takes a while. */
const STORING_SHOWS_AFTER_MS = 2_000;
const FETCH_TIMEOUT_MS = 120_000;
/** A full disk may be emptied; the bytes exist only here, so wait a little rather than lose them. */
const STORE_TRIES = 5;

/** `submitting -> storing -> ready` for media that came with the answer itself. */
export async function keepBytes(work: WorkDependencies, asset: MediaAsset, bytes: Uint8Array): Promise<void> {
  if (!(await beginStoring(work, asset))) return;
  const result = await whileHeld(work, asset, FETCH_TIMEOUT_MS, async (signal) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work.intake.fromBytes(asset.id, asset.kind, bytes);
      } catch (err) {
        work.log.error("media could not be stored", { generationId: asset.id, attempt, err });
        if (attempt >= STORE_TRIES || signal.aborted) throw err;
        await work.clock.sleep(backoffMs(attempt, work.ids.random), signal);
      }
    }
  }).catch(() => null);
  if (result === null) return unkept(work, asset);
  if (result.status === "stored") return finish(work, asset, { state: "ready", media: result.media });
  return useless(work, asset, result.status === "gone" ? "nothing came" : result.detail);
}

/** Media that cannot be used: what was paid for is not asked for again. */
export function useless(work: WorkDependencies, asset: MediaAsset, detail: string): Promise<void> {
  const code = "PROVIDER_BAD_ANSWER";
  if (work.offers.find(asset.provider, asset.kind)?.repeatable)
    return afterFailure(work, asset, { kind: "transient", code, detail });
  work.log.error("a finished task gave no usable media", {
    generationId: asset.id,
    provider: asset.provider,
    detail,
  });
  return finish(work, asset, { state: "failed", reason: "no-result", code, detail });
}

/** The provider has done its part and is paid for it: it is not asked again for our own full disk. */
function unkept(work: WorkDependencies, asset: MediaAsset): Promise<void> {
  const detail = "the media store failed";
  if (work.offers.find(asset.provider, asset.kind)?.repeatable)
    return afterFailure(work, asset, { kind: "transient", code: "STORE_UNAVAILABLE", detail });
  return finish(work, asset, { state: "failed", reason: "no-result", code: "STORE_UNAVAILABLE", detail });
}

async function beginStoring(work: WorkDependencies, asset: MediaAsset): Promise<boolean> {
  return insist(work.clock, async () => {
    const shownAt = await statusDueAt(work, asset, STORING_SHOWS_AFTER_MS);
    return work.stores.generation.beginStoring(heldOf(asset), shownAt);
  });
}

/** `submitted -> storing -> ready` for a result behind a link; what fails for now is looked at again later. */
export async function fetchResult(
  work: WorkDependencies,
  asset: MediaAsset,
  media: ProducedMedia,
): Promise<void> {
  if (media.url === undefined) return keepBytes(work, asset, media.bytes);
  if (!(await beginStoring(work, asset))) return;
  const result = await whileHeld(work, asset, FETCH_TIMEOUT_MS, (signal) =>
    fetchOnce(work, asset, media.url, signal),
  ).catch((err: unknown): IntakeResult => {
    work.log.error("a result could not be stored", { generationId: asset.id, err });
    return { status: "unreachable", detail: "the media store failed" };
  });
  if (result.status === "stored") return finish(work, asset, { state: "ready", media: result.media });
  const detail = result.status === "gone" ? "the link is dead" : result.detail;
  const retryAfterMs = result.status === "unreachable" ? result.retryAfterMs : undefined;
  return fetchLater(
    work,
    asset,
    result.status === "unreachable" ? UNREACHABLE_FETCHES : USELESS_FETCHES,
    detail,
    retryAfterMs,
  );
}

async function fetchOnce(
  work: WorkDependencies,
  asset: MediaAsset,
  url: string,
  signal: AbortSignal,
): Promise<IntakeResult> {
  const generator = work.offers.generatorOf(asset.provider, asset.kind);
  const fetchFrom = (link: string) =>
    work.intake.fromUrl(asset.id, asset.kind, link, generator.resultHosts, signal);
  const first = await fetchFrom(url);
  if (first.status !== "gone" || !generator.refresh) return first;
  const fresh = await generator.refresh(asset.operation, url, { signal, callbackUrl: null });
  return fresh === null ? first : fetchFrom(fresh);
}

/** Another look at the task later, or the end when there were too many. */
export async function fetchLater(
  work: WorkDependencies,
  asset: MediaAsset,
  most: number,
  detail: string,
  retryAfterMs = 0,
): Promise<void> {
  const fetchFailures = asset.fetchFailures + 1;
  const deadline = deadlineOf(asset, work.config);
  const now = work.clock.now();
  const delayMs = backoffMs(fetchFailures, work.ids.random, retryAfterMs);
  work.log.warn("a result was not fetched", {
    generationId: asset.id,
    provider: asset.provider,
    fetchFailures,
    detail,
  });
  if (
    fetchFailures >= most ||
    (deadline !== null && now + delayMs > deadline + work.config.generationTimeoutMs)
  ) {
    work.log.error("a finished task gave no usable media", {
      generationId: asset.id,
      provider: asset.provider,
      detail,
    });
    return finish(work, asset, { state: "failed", reason: "no-result", code: "PROVIDER_BAD_ANSWER", detail });
  }
  const dueAt = now + delayMs;
  await work.stores.generation.lookAgain(heldOf(asset), {
    dueAt,
    rankAt: rankAt(dueAt, asset.acceptedAt ?? asset.createdAt, 0),
    progress: asset.progress,
    fetchFailures,
    statusDueAt: await statusDueAt(work, asset),
  });
}
