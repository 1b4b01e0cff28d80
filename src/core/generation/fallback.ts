import { insist } from "../insist.ts";
import type { Failure, GeneratorModel } from "../ports/generator.ts";
import { nearestAspect, ratioOf } from "./aspect.ts";
import type { MediaAsset } from "./asset.ts";
import { fitsPrompt, fitsReferences } from "./offers.ts";
import { announce, deadlineOf, heldOf, nextEditAt, type WorkDependencies } from "./work.ts";

/**
 * Hands an asset on to the next provider of its kind, after this one was given up for certain. Never to the sketch,
 * never from something free to something paid, never after an unknown outcome (nobody calls it then). False: there
 * is no other.
 */
export async function fallBack(
  work: WorkDependencies,
  asset: MediaAsset,
  failure: Pick<Failure, "detail">,
): Promise<boolean> {
  const now = work.clock.now();
  const deadline = deadlineOf(asset, work.config);
  const next = nextModel(work, asset);
  if (next === null || (deadline !== null && now >= deadline)) return false;
  work.log.warn("another provider takes over", {
    generationId: asset.id,
    provider: asset.provider,
    next: next.id,
    detail: failure.detail,
  });
  const kept = await insist(work.clock, () =>
    work.stores.generation.reroute(heldOf(asset), {
      provider: next.id,
      aspect: nearestAspect(next.aspects, ratioOf(asset.aspect) ?? 1),
      tried: [...asset.tried, asset.provider],
      now,
      dueAt: now,
      detail: failure.detail,
      statusDueAt: nextEditAt(work, asset),
    }),
  );
  if (kept) announce(work, asset);
  return true;
}

/** So many providers are asked at most for one asset, the first included. */
const PROVIDERS_ASKED = 4;
/** What nobody chose may not cost much more than what somebody chose. */
const DEARER = 4;

/**
 * The first in the instance's order that is up, was not tried and can make it, at no more than four times the cost. One of
 * a service that was not asked yet goes before another model of the same service, which may be down as a whole.
 */
export function nextModel(work: Pick<WorkDependencies, "offers">, asset: MediaAsset): GeneratorModel | null {
  const { offers } = work;
  const gone = [...asset.tried, asset.provider];
  const asked = offers.find(asset.requestedProvider, asset.kind);
  const current = offers.find(asset.provider, asset.kind);
  if ((current && !current.paid) || gone.length >= PROVIDERS_ASKED) return null;
  const able = offers
    .ofKind(asset.kind)
    .filter(
      (model) =>
        !model.sketch &&
        !gone.includes(model.id) &&
        offers.isUp(model) &&
        fitsReferences(model, asset.references) &&
        fitsPrompt(model, asset.prompt) &&
        (model.costDollars ?? 0) <= (asked?.costDollars ?? Infinity) * DEARER,
    );
  const services = gone
    .filter((id) => offers.find(id, asset.kind) !== null)
    .map((id) => offers.generatorOf(id, asset.kind));
  const isElsewhere = (model: GeneratorModel) => !services.includes(offers.generatorOf(model.id, model.kind));
  return able.find(isElsewhere) ?? able[0] ?? null;
}
