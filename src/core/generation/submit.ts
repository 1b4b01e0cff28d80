import { QUEUE_LIMIT_MS } from "../core-config.ts";
import { insist } from "../insist.ts";
import type { GeneratorModel, StartResult } from "../ports/generator.ts";
import { dayOf } from "../usage/allowance.ts";
import type { MediaAsset } from "./asset.ts";
import { afterFailure } from "./failure.ts";
import { keepBytes } from "./keep.ts";
import { nextLookAfterMs, rankAt, retryDelayMs } from "./ramp.ts";
import { promptWithStyle } from "./styles.ts";
import {
  announce,
  deadlineOf,
  finish,
  heldOf,
  hint,
  nextEditAt,
  type WorkDependencies,
  whileHeld,
} from "./work.ts";

/** How long a lost answer may still be explained by a callback; without one it never is. */
const CALLBACK_WAIT_MS = 300_000;

/** `preparing`: one submission, at most, unless it waited too long already. */
export async function submit(work: WorkDependencies, asset: MediaAsset): Promise<void> {
  const now = work.clock.now();
  const deadline = deadlineOf(asset, work.config);
  if (deadline === null ? now > asset.createdAt + QUEUE_LIMIT_MS : now > deadline) {
    const reason = deadline === null ? "waited-too-long" : "timed-out";
    await finish(work, asset, { state: "expired", reason, code: "PROVIDER_TIMEOUT", detail: reason });
    return;
  }
  const model = work.offers.find(asset.provider, asset.kind);
  if (!model) {
    const detail = "not configured any more";
    await finish(work, asset, {
      state: "failed",
      reason: "provider-unavailable",
      code: "PROVIDER_DOWN",
      detail,
    });
    return;
  }
  const attempt = {
    id: work.ids.create("att"),
    startedAt: now,
    callbackDigest: work.ids.digest(work.ids.token()),
    capDay: model.paid && asset.attempts > 0 ? dayOf(now) : null,
    statusDueAt: nextEditAt(work, asset),
  };
  // The last look at epoch and lease before anything goes out, and the record that it may have gone out.
  if (!(await work.stores.generation.beginAttempt(heldOf(asset), attempt))) return;
  const submitted = { ...asset, attempts: asset.attempts + 1, submittedAt: asset.submittedAt ?? now };
  work.signals.emit({ kind: "asset", assetId: asset.id, userId: asset.userId });
  const [result] = await Promise.all([start(work, submitted, model), hint(work, asset)]);
  await record(work, submitted, model, result);
}

async function start(work: WorkDependencies, asset: MediaAsset, model: GeneratorModel): Promise<StartResult> {
  const generator = work.offers.generatorOf(model.id, model.kind);
  const request = {
    model: model.id,
    kind: model.kind,
    prompt: model.sketch ? asset.prompt : promptWithStyle(asset.prompt, asset.style),
    aspect: asset.aspect,
    style: asset.style,
    seed: asset.seed,
    references: [],
  };
  const began = work.clock.monotonicMs();
  try {
    return await whileHeld(work, asset, model.startTimeoutMs, (signal) =>
      generator.start(request, { signal, callbackUrl: null }),
    );
  } catch (err) {
    work.log.error("a generator threw", {
      generationId: asset.id,
      provider: model.id,
      operation: "start",
      err,
    });
    return { status: "unknown", detail: "the call failed inside" };
  } finally {
    const durationMs = Math.round(work.clock.monotonicMs() - began);
    work.log.debug("submitted", {
      generationId: asset.id,
      provider: model.id,
      attempt: asset.attempts,
      durationMs,
    });
  }
}

async function record(
  work: WorkDependencies,
  asset: MediaAsset,
  model: GeneratorModel,
  result: StartResult,
): Promise<void> {
  const now = work.clock.now();
  switch (result.status) {
    case "started": {
      const dueAt = now + nextLookAfterMs(0, work.config.pollIntervalMs);
      const { operation, taskKey } = result;
      const rank = rankAt(dueAt, now, model.typicalMs);
      const task = { operation, taskKey, now, dueAt, rankAt: rank };
      const kept = await insist(work.clock, () => work.stores.generation.accept(heldOf(asset), task));
      if (!kept) work.log.warn("a task was accepted after its lease was lost", { generationId: asset.id });
      work.signals.emit({ kind: "asset", assetId: asset.id, userId: asset.userId });
      return;
    }
    case "done": {
      const media = result.media[0];
      if (media.bytes === undefined) {
        const failure = {
          kind: "transient",
          code: "PROVIDER_BAD_ANSWER",
          detail: "a link without a task",
        } as const;
        await afterFailure(work, asset, failure);
        return;
      }
      await keepBytes(work, asset, media.bytes);
      return;
    }
    case "failed":
      await afterFailure(work, asset, result.failure);
      return;
    case "unknown":
      await lost(work, asset, model, result.detail);
  }
}

/** The answer to a submission was lost, here or with the process that waited for it. */
export async function lost(
  work: WorkDependencies,
  asset: MediaAsset,
  model: GeneratorModel | null,
  detail: string,
  callbacks = false,
): Promise<void> {
  const now = work.clock.now();
  if (model?.repeatable) {
    const dueAt = now + retryDelayMs(1, work.ids.random);
    await work.stores.generation.retry(heldOf(asset), { now, dueAt, detail, counts: false });
    return;
  }
  const dueAt = now + (callbacks ? CALLBACK_WAIT_MS : 0);
  work.log.warn("the outcome of a submission is unknown", {
    generationId: asset.id,
    provider: asset.provider,
    detail,
  });
  if (await work.stores.generation.doubt(heldOf(asset), { now, dueAt, detail })) announce(work, asset);
}
