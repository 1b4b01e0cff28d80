import { createTurns } from "../generation/turns.ts";
import type { UserId } from "../identifiers.ts";
import type { Messages } from "../messages/messages.ts";
import type { CaptionRequest, CaptionResult, CaptionWriter } from "../ports/captions.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { CaptionAllowance } from "./allowance.ts";
import { type CaptionTrouble, createCaptionBreaker } from "./breaker.ts";
import type { Caption, CaptionLack, CaptionWish } from "./caption.ts";
import { checkCaption } from "./check.ts";
import { MAX_HASHTAGS } from "./clean.ts";
import { templateCaption } from "./template.ts";

const AT_ONCE = 2;
const CALL_MS = 30_000;
/** Whoever waited longer for their turn gets the template at once, so that a slow service makes no queue. */
const MAX_WAIT_MS = 60_000;
/** Of words that go along with a request. */
const MAX_PREVIOUS_UNITS = 4_000;
const MAX_INSTRUCTIONS_UNITS = 2_000;
const TRIES = 2;
const UNUSABLE: CaptionLack = { why: "unusable" };

export interface Captions {
  /** A model is there; without one every caption is a template. */
  readonly isWritten: boolean;
  /**
   * A caption in any case, within the limits: by the model, at the second try where the first was of no use, else the
   * template, and why. Never rejects; takes two calls of 30 s and its turn at most.
   *
   * @param owner whose captions are written one after the other, and whose calls they are.
   */
  make(owner: UserId, wish: CaptionWish, signal: AbortSignal): Promise<Caption>;
}

export function createCaptions(deps: {
  readonly writer: CaptionWriter | null;
  readonly allowance: CaptionAllowance;
  readonly messages: Pick<Messages, "choose" | "line">;
  readonly clock: Clock;
  readonly log: Log;
  tell(trouble: CaptionTrouble): void;
}): Captions {
  const { writer, allowance, messages, clock, log } = deps;
  if (writer === null)
    return {
      isWritten: false,
      make: (_owner, wish) => Promise.resolve(templateCaption(wish, messages, null)),
    };
  const { model } = writer;
  const turns = createTurns(AT_ONCE);
  const breaker = createCaptionBreaker({ ...deps, model });

  async function ask(request: CaptionRequest, outer: AbortSignal): Promise<CaptionResult> {
    const late = new AbortController();
    const done = new AbortController();
    void clock.sleep(CALL_MS, done.signal).then(() => {
      if (!done.signal.aborted) late.abort(new DOMException("the caption took too long", "TimeoutError"));
    });
    const signal = AbortSignal.any([outer, late.signal]);
    const ended = Promise.withResolvers<CaptionResult>();
    const onAbort = (): void => ended.resolve({ status: "failed", detail: "deadline", mayHelp: true });
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([write(request, signal), ended.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      done.abort();
    }
  }

  /** A throw is a bug, and costs the member no more than the template. */
  const write = async (request: CaptionRequest, signal: AbortSignal): Promise<CaptionResult> => {
    try {
      return await writer.write(request, signal);
    } catch (err) {
      log.error("the writer of captions threw", { model, err });
      return { status: "failed", detail: "bug", mayHelp: false };
    }
  };

  /** Nobody pays where it cannot be counted. */
  const take = async (owner: UserId): Promise<CaptionLack | null> => {
    try {
      const lack = await allowance.take(owner);
      if (lack !== null) log.info("no call of the caption model is left today", { model, why: lack.why });
      return lack;
    } catch (err) {
      log.warn("a caption was not asked for, since it could not be counted", { model, err });
      return UNUSABLE;
    }
  };

  async function written(
    owner: UserId,
    wish: CaptionWish,
    signal: AbortSignal,
  ): Promise<Caption | CaptionLack> {
    const started = clock.monotonicMs();
    let request: CaptionRequest | null = null;
    for (let attempt = 1; attempt <= TRIES && !signal.aborted; attempt += 1) {
      if (!breaker.admits()) return UNUSABLE;
      const lack = await take(owner);
      if (lack !== null) return lack;
      if (!breaker.admit()) return UNUSABLE;
      request ??= await requestOf(wish);
      const result = await ask(request, signal);
      if (signal.aborted) return UNUSABLE;
      const durationMs = Math.round(clock.monotonicMs() - started);
      if (result.status === "failed") {
        breaker.failed(result.mayHelp);
        log.warn("a caption was not written", { model, attempt, detail: result.detail, durationMs });
        if (!result.mayHelp) return UNUSABLE;
        continue;
      }
      breaker.answered();
      if (result.status === "refused") {
        log.info("a caption was declined", { model, attempt, detail: result.detail, durationMs });
        return UNUSABLE;
      }
      const check = checkCaption(result.caption, wish);
      if (check.status === "fits") {
        log.info("a caption was written", { model, attempt, durationMs });
        return { ...check.caption, model: result.model, template: false, lack: null };
      }
      log.info("a caption was of no use", { model, attempt, why: check.why, durationMs });
      request = { ...request, change: "repair", previous: cut(check.text, MAX_PREVIOUS_UNITS) };
    }
    return UNUSABLE;
  }

  async function requestOf(wish: CaptionWish): Promise<CaptionRequest> {
    const image = await wish.picture().catch((err: unknown) => {
      log.warn("a caption is written without the picture", { model, err });
      return null;
    });
    const { kind, prompt, language, network, limits, change } = wish;
    return {
      kind,
      prompt,
      image,
      language,
      network,
      limits: { characters: limits.characters, hashtags: Math.min(limits.hashtags, MAX_HASHTAGS) },
      instructions: cut(wish.instructions, MAX_INSTRUCTIONS_UNITS),
      change,
      previous: cut(wish.previous, MAX_PREVIOUS_UNITS),
    };
  }

  return {
    isWritten: true,
    async make(owner, wish, signal) {
      const asked = clock.monotonicMs();
      const made = await turns.run(owner, async () =>
        clock.monotonicMs() - asked > MAX_WAIT_MS ? UNUSABLE : written(owner, wish, signal),
      );
      return "why" in made ? templateCaption(wish, messages, made) : made;
    },
  };
}

const cut = (words: string | null, units: number): string | null =>
  words === null || words === "" ? null : words.slice(0, units).toWellFormed();
