import { QUEUE_LIMIT_MS } from "../core-config.ts";
import type { AttemptId } from "../identifiers.ts";
import { insist } from "../insist.ts";
import type { GeneratorModel, StartResult } from "../ports/generator.ts";
import { dayOf } from "../usage/allowance.ts";
import type { MediaAsset } from "./asset.ts";
import { adoptLate, operationOf } from "./callbacks.ts";
import { afterFailure } from "./failure.ts";
import { fallBack } from "./fallback.ts";
import { keepBytes, useless } from "./keep.ts";
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
/** Everybody who waits for a provider to come back does not come back in the same moment. */
const SPREAD_MS = 3_000;
const LOOK_AGAIN_MS = 15_000;

/** One submission under way. */
interface Attempt {
  readonly id: AttemptId;
  readonly callbackUrl: string | null;
}

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
  if (!model) return notOffered(work, asset);
  if (work.health.retryAt(model, now) > now) return elsewhereOrLater(work, asset, model);
  const loaded = await work.references.load(asset);
  if (loaded === null) {
    const detail = "a reference is not there any more";
    await afterFailure(work, asset, { kind: "input", code: "MEDIA_UNSUPPORTED", detail });
    return;
  }
  if (!work.health.admit(model)) return elsewhereOrLater(work, asset, model);
  const token = work.ids.token();
  const attempt = { id: work.ids.create("att"), callbackUrl: work.callbackUrl(model, token) };
  const began = await work.stores.generation.beginAttempt(heldOf(asset), {
    id: attempt.id,
    startedAt: now,
    callbackDigest: work.ids.digest(token),
    capDay: model.paid && wasAsked(asset) ? dayOf(now) : null,
    statusDueAt: nextEditAt(work, asset),
  });
  // That was the last look at epoch and lease before anything goes out, and the record that it may have gone out.
  if (!began) {
    work.health.giveBack(model);
    return;
  }
  const submitted = { ...asset, attempts: asset.attempts + 1, submittedAt: asset.submittedAt ?? now };
  work.signals.emit({ kind: "asset", assetId: asset.id, userId: asset.userId });
  const starting = start(work, submitted, model, attempt, loaded);
  const [result] = await Promise.all([starting, hint(work, asset)]);
  observe(work, model, result);
  await record(work, submitted, model, attempt, result);
}

/** Its first submission was counted with the order; one of a provider that was never asked is still to come. */
function wasAsked({ attempts, tried, submittedAt }: MediaAsset): boolean {
  return attempts > 0 || (tried.length > 0 && submittedAt !== null);
}

/** The operator took it away while work was waiting for it. */
async function notOffered(work: WorkDependencies, asset: MediaAsset): Promise<void> {
  const detail = "not configured any more";
  if (await fallBack(work, asset, { detail })) return;
  await finish(work, asset, {
    state: "failed",
    reason: "provider-unavailable",
    code: "PROVIDER_DOWN",
    detail,
  });
}

/**
 * The provider is not asked now: the next one is. Where there is none, a rest is waited for; what only the operator
 * can put right is not, so the unit goes back.
 */
async function elsewhereOrLater(
  work: WorkDependencies,
  asset: MediaAsset,
  model: GeneratorModel,
): Promise<void> {
  const isSetAside = work.health.stateOf(model) === "set-aside";
  const detail = isSetAside ? "the provider is set aside" : "the provider rests";
  if (await fallBack(work, asset, { detail })) return;
  if (isSetAside) {
    const code = "PROVIDER_DOWN";
    await finish(work, asset, { state: "failed", reason: "provider-unavailable", code, detail });
    return;
  }
  const now = work.clock.now();
  const spreadMs = Math.ceil(SPREAD_MS * work.ids.random());
  // It may come back sooner than it was given: by a look at its account, or by another's request.
  const dueAt = Math.min(work.health.retryAt(model, now), now + LOOK_AGAIN_MS) + spreadMs;
  await work.stores.generation.postpone(heldOf(asset), dueAt);
  announce(work, asset);
}

async function start(
  work: WorkDependencies,
  asset: MediaAsset,
  model: GeneratorModel,
  { callbackUrl }: Attempt,
  images: NonNullable<Awaited<ReturnType<WorkDependencies["references"]["load"]>>>,
): Promise<StartResult> {
  const generator = work.offers.generatorOf(model.id, model.kind);
  const request = {
    model: model.id,
    kind: model.kind,
    prompt: model.sketch ? asset.prompt : promptWithStyle(asset.prompt, asset.style),
    aspect: asset.aspect,
    style: asset.style,
    seed: asset.seed,
    ...images,
  };
  const began = work.clock.monotonicMs();
  try {
    return await whileHeld(work, asset, model.startTimeoutMs, (signal) =>
      generator.start(request, { signal, callbackUrl }),
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

/** What the answer says about the provider, whatever it says about this request. */
function observe(work: WorkDependencies, model: GeneratorModel, result: StartResult): void {
  if (result.status === "failed") work.health.failed(model, result.failure);
  else if (result.status === "unknown" && result.serviceDown) work.health.silent(model);
  else work.health.answered(model);
}

async function record(
  work: WorkDependencies,
  asset: MediaAsset,
  model: GeneratorModel,
  attempt: Attempt,
  result: StartResult,
): Promise<void> {
  switch (result.status) {
    case "started":
      return accept(work, asset, model, attempt, result);
    case "done": {
      const media = result.media[0];
      if (media.bytes === undefined) return useless(work, asset, "a link without a task");
      return keepBytes(work, asset, media.bytes);
    }
    case "failed":
      return afterFailure(work, asset, result.failure);
    case "unknown":
      return lost(work, asset, model, result.detail, attempt.callbackUrl !== null);
  }
}

async function accept(
  work: WorkDependencies,
  asset: MediaAsset,
  model: GeneratorModel,
  attempt: Pick<Attempt, "id">,
  { operation, taskKey }: Extract<StartResult, { status: "started" }>,
): Promise<void> {
  const { generation } = work.stores;
  if (!(await take(work, asset, model, operation, taskKey))) {
    // The lease was lost while the answer was under way: the task is remembered, whoever has the asset now.
    work.log.warn("a task was accepted after its lease was lost", { generationId: asset.id });
    const noted = await insist(work.clock, () =>
      generation.noteTask({ attemptId: attempt.id }, taskKey, work.clock.now()),
    );
    if (noted?.isCurrent && noted.asset.endReason === "answer-lost")
      await adoptLate(work, noted.asset, taskKey, noted.startedAt);
  }
  work.signals.emit({ kind: "asset", assetId: asset.id, userId: asset.userId });
}

function take(
  work: WorkDependencies,
  asset: MediaAsset,
  model: GeneratorModel,
  operation: Extract<StartResult, { status: "started" }>["operation"],
  taskKey: string,
): Promise<boolean> {
  const now = work.clock.now();
  const dueAt = now + nextLookAfterMs(0, work.config.pollIntervalMs);
  const task = { operation, taskKey, now, dueAt, rankAt: rankAt(dueAt, now, model.typicalMs) };
  return insist(work.clock, () => work.stores.generation.accept(heldOf(asset), task));
}

/** `submitting` or `unknown`: goes on with the task that a callback named meanwhile. False: none was named. */
export async function adopt(work: WorkDependencies, asset: MediaAsset): Promise<boolean> {
  const noted = await work.stores.generation.notedTask(asset.id);
  const model = work.offers.find(asset.provider, asset.kind);
  if (noted === null || model === null) return false;
  const operation = operationOf(work, asset, noted.taskKey, noted.startedAt);
  if (operation === null || !(await take(work, asset, model, operation, noted.taskKey))) return false;
  work.log.info("a lost task was found by its callback", {
    generationId: asset.id,
    provider: asset.provider,
  });
  announce(work, asset);
  return true;
}

/** The answer to a submission was lost, here or with the process that waited for it. */
export async function lost(
  work: WorkDependencies,
  asset: MediaAsset,
  model: GeneratorModel | null,
  detail: string,
  callbacks: boolean,
): Promise<void> {
  const now = work.clock.now();
  if (model?.repeatable) {
    const dueAt = now + retryDelayMs(1, work.ids.random);
    await work.stores.generation.retry(heldOf(asset), { now, dueAt, detail, counts: false });
    return;
  }
  if (await adopt(work, asset)) return;
  const dueAt = now + (callbacks ? CALLBACK_WAIT_MS : 0);
  work.log.warn("the outcome of a submission is unknown", {
    generationId: asset.id,
    provider: asset.provider,
    detail,
  });
  if (await work.stores.generation.doubt(heldOf(asset), { now, dueAt, detail })) announce(work, asset);
}
