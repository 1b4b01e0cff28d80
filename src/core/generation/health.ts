import type { Clock } from "../ports/clock.ts";
import type { Failure, Generator, GeneratorModel, MediaKind } from "../ports/generator.ts";
import type { Log } from "../ports/log.ts";

/**
 * Whether work is sent to a model. A breaker for each, and one for the account behind all models of a generator.
 *
 * | from      | to        | when                                                                              |
 * |-----------|-----------|-----------------------------------------------------------------------------------|
 * | up        | resting   | the service was not there five times in a row                                       |
 * | resting   | up        | a minute is over and one request that was let through went well                   |
 * | up        | set-aside | key, credit or switch at the provider: its operator has to act                      |
 * | set-aside | up        | a probe of the account went well, or ten minutes are over and one request went well |
 *
 * It lives in memory: it decides where work goes, never whether it is done, and a new process finds out by itself.
 */
export interface Health {
  isUp(model: GeneratorModel): boolean;
  /** `set-aside`: nothing will pass by itself, its operator has to act. */
  stateOf(model: GeneratorModel): ModelHealth["state"];
  /** Takes the right to send one request: true when it is up, and once when it is to be tried again. */
  admit(model: GeneratorModel): boolean;
  /** The right was not used after all: nothing was sent. */
  giveBack(model: GeneratorModel): void;
  /** When it may be tried again, at the earliest; `now`, the caller's own, when it is up. */
  retryAt(model: GeneratorModel, now: number): number;
  /** The service was there (whatever came of the task). */
  answered(model: GeneratorModel): void;
  failed(model: GeneratorModel, failure: Failure): void;
  /** No answer to a paid request: as bad a sign as a 5xx. */
  silent(model: GeneratorModel): void;
  /** Looks at every account that has something to look at; costs nothing. */
  probe(): Promise<void>;
  states(): readonly ModelHealth[];
}

export interface ModelHealth {
  readonly id: string;
  readonly kind: MediaKind;
  readonly label: string;
  readonly sketch: boolean;
  readonly state: "up" | "resting" | "set-aside";
  /** What is left at the provider, in its own unit, where it tells. */
  readonly credits: number | null;
}

/** What the operator should know of, once a day each. */
export interface ProviderTrouble {
  readonly problem: "key" | "credit" | "switched-off" | "few-credits" | "down";
  readonly label: string;
  readonly credits: number | null;
}

const FAILURES_TO_REST = 5;
const REST_MS = 60_000;
const SET_ASIDE_MS = 600_000;
/** A request that was let through and never came back stops blocking after this. */
const TRIAL_MS = 240_000;
const PROBE_TIMEOUT_MS = 20_000;

interface Breaker {
  failures: number;
  state: "up" | "resting" | "set-aside";
  until: number;
  trialUntil: number;
}

export function createHealth(deps: {
  readonly generators: readonly Generator[];
  readonly clock: Clock;
  readonly log: Log;
  /** Called at every sign of trouble; whoever tells it tells it once a day. */
  tell(trouble: ProviderTrouble): void;
}): Health {
  const { generators, clock, log, tell } = deps;
  const models = generators.flatMap((generator) => generator.models);
  const ofModel = new Map(models.map((model) => [model, newBreaker()]));
  const ofAccount = new Map(generators.map((generator) => [generator, newBreaker()]));
  const credits = new Map<Generator, number>();

  const generatorOf = (model: GeneratorModel) => generators.find((one) => one.models.includes(model));
  function breakersOf(model: GeneratorModel): Breaker[] {
    const account = generatorOf(model);
    return [ofModel.get(model), account && ofAccount.get(account)].filter((one) => one !== undefined);
  }

  function stateOf(model: GeneratorModel): ModelHealth["state"] {
    const states = breakersOf(model).map(({ state }) => state);
    return states.find((state) => state === "set-aside") ?? states.find((state) => state !== "up") ?? "up";
  }

  function close(breaker: Breaker, model: GeneratorModel): void {
    if (breaker.state !== "up") log.info("a provider is back", { provider: model.id });
    Object.assign(breaker, newBreaker());
  }

  function open(breaker: Breaker, state: "resting" | "set-aside", forMs: number): void {
    breaker.state = state;
    breaker.until = clock.now() + forMs;
    breaker.trialUntil = 0;
  }

  function count(model: GeneratorModel): void {
    const breaker = ofModel.get(model);
    if (!breaker) return;
    breaker.failures += 1;
    breaker.trialUntil = 0;
    if (breaker.state === "resting") open(breaker, "resting", REST_MS);
    if (breaker.state !== "up" || breaker.failures < FAILURES_TO_REST) return;
    log.warn("a provider is given a rest", { provider: model.id, failures: breaker.failures });
    open(breaker, "resting", REST_MS);
    tell({ problem: "down", label: model.label, credits: null });
  }

  function setAside(model: GeneratorModel, failure: Failure): void {
    const account = generatorOf(model);
    const isOwn = failure.scope === "model";
    const breaker = isOwn ? ofModel.get(model) : account && ofAccount.get(account);
    if (!breaker) return;
    open(breaker, "set-aside", SET_ASIDE_MS);
    const isCredit = failure.code !== "PROVIDER_AUTH";
    const problem = isCredit ? "credit" : isOwn ? "switched-off" : "key";
    log.error("a provider needs its operator", { provider: model.id, problem, detail: failure.detail });
    tell({
      problem,
      label: isOwn && !isCredit ? model.label : (account?.serviceName ?? model.label),
      credits: null,
    });
  }

  function giveBack(model: GeneratorModel): void {
    for (const breaker of breakersOf(model)) breaker.trialUntil = 0;
  }

  function answered(model: GeneratorModel): void {
    for (const breaker of breakersOf(model)) {
      if (breaker.state !== "up" || breaker.failures > 0) close(breaker, model);
    }
  }

  async function probeOne(generator: Generator): Promise<void> {
    const [first] = generator.models;
    const breaker = ofAccount.get(generator);
    if (!generator.probe || !first || !breaker) return;
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const result = await generator.probe({ signal, callbackUrl: null });
    if (result.status === "up") {
      if (result.credits !== undefined) credits.set(generator, result.credits);
      if (result.fewCredits)
        tell({ problem: "few-credits", label: generator.serviceName, credits: result.credits ?? null });
      else if (breaker.state !== "up") close(breaker, first);
      return;
    }
    if (result.failure.kind === "operator") setAside(first, result.failure);
  }

  return {
    isUp: (model) => stateOf(model) === "up",
    stateOf,
    admit(model) {
      const now = clock.now();
      const closed = breakersOf(model).filter(({ state }) => state !== "up");
      if (closed.some(({ until, trialUntil }) => now < until || now < trialUntil)) return false;
      for (const breaker of closed) breaker.trialUntil = now + TRIAL_MS;
      return true;
    },
    retryAt(model, now) {
      const closed = breakersOf(model).filter(({ state }) => state !== "up");
      return Math.max(now, ...closed.map(({ until, trialUntil }) => Math.max(until, trialUntil)));
    },
    giveBack,
    answered,
    failed(model, failure) {
      if (failure.notAsked) giveBack(model);
      else if (failure.kind === "operator") setAside(model, failure);
      else if (failure.serviceDown) count(model);
      else answered(model);
    },
    silent: count,
    async probe() {
      await Promise.all(
        generators.map((generator) =>
          probeOne(generator).catch((err: unknown) =>
            log.warn("a provider could not be looked at", { provider: generator.models[0]?.id, err }),
          ),
        ),
      );
    },
    states: () =>
      models.map((model) => {
        const account = generatorOf(model);
        return {
          id: model.id,
          kind: model.kind,
          label: model.label,
          sketch: model.sketch,
          state: stateOf(model),
          credits: (account && credits.get(account)) ?? null,
        };
      }),
  };
}

function newBreaker(): Breaker {
  return { failures: 0, state: "up", until: 0, trialUntil: 0 };
}
