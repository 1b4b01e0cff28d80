import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

/** What the operator should know of, once a day (whoever tells it sees to that). */
export interface CaptionTrouble {
  /** `refused`: key, credit, model or address; `down`: it does not answer. */
  readonly problem: "refused" | "down";
  readonly model: string;
}

/**
 * Whether the model is asked at all, so that a dead key or a dead server does not make every member wait.
 *
 * | from    | to      | when                                                                        |
 * |---------|---------|-----------------------------------------------------------------------------|
 * | asked   | resting | three calls in a row came to nothing: a minute; two that no repeat can help:  |
 * |         |         | ten minutes                                                                 |
 * | resting | asked   | the time is over and the one call that was let through was answered          |
 *
 * In memory: it decides who is asked, never what is kept.
 */
export interface CaptionBreaker {
  /** Whether a call would be let through now. */
  admits(): boolean;
  /** Takes the right to one call. */
  admit(): boolean;
  /** Also by a refusal of this one request: nothing is wrong with the service. */
  answered(): void;
  failed(mayHelp: boolean): void;
}

const FAILURES = 3;
const HOPELESS_FAILURES = 2;
const REST_MS = 60_000;
const LONG_REST_MS = 600_000;
/** A call that was let through and never came back stops blocking after this. */
const TRIAL_MS = 60_000;

export function createCaptionBreaker(deps: {
  readonly model: string;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  tell(trouble: CaptionTrouble): void;
}): CaptionBreaker {
  const { model, clock, log, tell } = deps;
  let failures = 0;
  let hopeless = 0;
  let restingUntil: number | null = null;

  function rest(problem: CaptionTrouble["problem"], forMs: number): void {
    restingUntil = clock.now() + forMs;
    log.warn("the writer of captions is given a rest", { model, problem, failures });
    tell({ problem, model });
  }

  const admits = (): boolean => restingUntil === null || clock.now() >= restingUntil;

  return {
    admits,
    admit() {
      if (!admits()) return false;
      if (restingUntil !== null) restingUntil = clock.now() + TRIAL_MS;
      return true;
    },
    answered() {
      if (restingUntil !== null) log.info("the writer of captions is back", { model });
      [failures, hopeless, restingUntil] = [0, 0, null];
    },
    failed(mayHelp) {
      failures += 1;
      hopeless = mayHelp ? 0 : hopeless + 1;
      if (hopeless >= HOPELESS_FAILURES) rest("refused", LONG_REST_MS);
      else if (failures >= FAILURES) rest("down", REST_MS);
    },
  };
}
