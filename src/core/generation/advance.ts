import { unreachable } from "../errors.ts";
import type { Claimed } from "../ports/stores.ts";
import { adoptLate } from "./callbacks.ts";
import { look } from "./look.ts";
import { adopt, lost, submit } from "./submit.ts";
import { finish, type WorkDependencies } from "./work.ts";

/**
 * Works on one claimed asset until it waits again or has ended. What a dead process left behind arrives here too:
 * `submitting` means that a request may have gone out, so it is in doubt and never sent again.
 */
export async function advance(work: WorkDependencies, { asset, foundIn }: Claimed): Promise<void> {
  const model = work.offers.find(asset.provider, asset.kind);
  const hearsLater = model !== null && work.callbackUrl(model, "") !== null;
  switch (foundIn) {
    case "queued":
    case "preparing":
      return submit(work, asset);
    case "submitting":
      return lost(work, asset, model, "the process ended meanwhile", hearsLater);
    case "unknown":
      if (await adopt(work, asset)) return;
      return giveUpLost(work, asset);
    case "storing":
      if (asset.operation !== null) return look(work, asset);
      return lost(work, asset, model, "the process ended while storing", false);
    case "submitted":
      return look(work, asset);
    case "ready":
    case "failed":
    case "cancelled":
    case "expired":
      return;
    default:
      return unreachable(foundIn);
  }
}

/** Nobody named its task in time. One that was named in this very moment is not forgotten. */
async function giveUpLost(work: WorkDependencies, asset: Claimed["asset"]): Promise<void> {
  await finish(work, asset, {
    state: "failed",
    reason: "answer-lost",
    code: "PROVIDER_TIMEOUT",
    detail: "possible orphan at the provider",
  });
  const noted = await work.stores.generation.notedTask(asset.id);
  if (noted !== null) await adoptLate(work, asset, noted.taskKey, noted.startedAt);
}
