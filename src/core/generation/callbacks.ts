import type { Ids } from "../ports/ids.ts";
import type { Stores } from "../ports/stores.ts";
import { lookLate } from "./late.ts";
import type { WorkDependencies } from "./work.ts";

/**
 * A provider says that something happened to a task. The token proves which attempt it was given out for, and only
 * the task's key is taken from it: what became of the task is read from the provider again.
 */
export interface Callbacks {
  /** False: nobody was given this token. A repeat changes nothing and is true again. */
  arrived(token: string, taskKey: string): Promise<boolean>;
}

export function createCallbacks(dependencies: {
  readonly work: WorkDependencies;
  readonly stores: Pick<Stores, "generation">;
  readonly ids: Pick<Ids, "digest">;
}): Callbacks {
  const { work, stores, ids } = dependencies;
  return {
    async arrived(token, taskKey) {
      const noted = await stores.generation.noteTask(
        { callbackDigest: ids.digest(token) },
        taskKey,
        work.clock.now(),
      );
      if (noted === null) return false;
      const { asset, startedAt, isCurrent, isFirst } = noted;
      // Again for a repeat: what the first one began may have been cut off.
      const isLost = asset.state === "failed" && asset.endReason === "answer-lost";
      if (isLost && isCurrent) await adoptLate(work, asset, noted.taskKey, startedAt);
      if (!isFirst || !isCurrent) return true;
      work.log.info("a callback came", {
        generationId: asset.id,
        provider: asset.provider,
        state: asset.state,
      });
      work.signals.emit({ kind: "work" });
      return true;
    },
  };
}

/** The task of an asset that was given back already: its result goes out on the house. */
export async function adoptLate(
  work: WorkDependencies,
  asset: Parameters<typeof lookLate>[1],
  taskKey: string,
  startedAt: number,
): Promise<void> {
  const operation = operationOf(work, asset, taskKey, startedAt);
  if (operation === null) return;
  if (!(await work.stores.generation.adoptLate(asset.id, operation, taskKey))) return;
  const found = await work.stores.generation.get(asset.id);
  if (!found) return;
  // Beside the answer to the callback: whoever called is not kept waiting for a download.
  void lookLate(work, found).catch((err: unknown) =>
    work.log.warn("a late look failed", { generationId: asset.id, err }),
  );
}

/** What `poll` needs for a task of which only the key is known, or null. */
export function operationOf(
  work: Pick<WorkDependencies, "offers">,
  asset: Parameters<typeof lookLate>[1],
  taskKey: string,
  startedAt: number,
) {
  const model = work.offers.find(asset.provider, asset.kind);
  if (!model) return null;
  return work.offers.generatorOf(model.id, model.kind).adopt?.(model, taskKey, startedAt) ?? null;
}
