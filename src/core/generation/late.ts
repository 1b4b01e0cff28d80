import type { ProducedMedia } from "../ports/generator.ts";
import type { IntakeResult } from "../ports/media.ts";
import type { MediaAsset } from "./asset.ts";
import { announce, endingFor, heldOf, type WorkDependencies } from "./work.ts";

const LOOK_TIMEOUT_MS = 120_000;

/**
 * One look at a task that ran past its time, or whose answer was lost, and was given back. A result that turned up meanwhile goes to the member
 * after all, on the house: the refund stands. Anything else changes nothing; there may be another look later.
 */
export async function lookLate(work: WorkDependencies, asset: MediaAsset): Promise<void> {
  if (!work.offers.find(asset.provider, asset.kind)) return;
  const generator = work.offers.generatorOf(asset.provider, asset.kind);
  const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
  const result = await generator.poll(asset.operation, { signal, callbackUrl: null });
  if (result.status !== "done") return;
  const taken = await take(work, asset, result.media[0], signal);
  if (taken.status !== "stored") return;
  const ending = await endingFor(work, asset, { state: "ready", media: taken.media });
  if (!(await work.stores.generation.end(heldOf(asset), ending))) return;
  work.log.info("a late result went out on the house", { generationId: asset.id, provider: asset.provider });
  announce(work, asset);
}

function take(
  work: WorkDependencies,
  asset: MediaAsset,
  media: ProducedMedia,
  signal: AbortSignal,
): Promise<IntakeResult> {
  if (media.url === undefined) return work.intake.fromBytes(asset.id, asset.kind, media.bytes);
  const { resultHosts } = work.offers.generatorOf(asset.provider, asset.kind);
  return work.intake.fromUrl(asset.id, asset.kind, media.url, resultHosts, signal);
}
