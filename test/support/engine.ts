import { advance } from "../../src/core/generation/advance.ts";
import type { MediaAsset } from "../../src/core/generation/asset.ts";
import { createHealth, type ProviderTrouble } from "../../src/core/generation/health.ts";
import { createOffers } from "../../src/core/generation/offers.ts";
import { LEASE_MS, type WorkDependencies } from "../../src/core/generation/work.ts";
import type { Clock } from "../../src/core/ports/clock.ts";
import type {
  GenerateRequest,
  Generator,
  GeneratorModel,
  PollResult,
  ProbeResult,
  StartResult,
} from "../../src/core/ports/generator.ts";
import type { IntakeResult } from "../../src/core/ports/media.ts";
import { createSignals } from "../../src/core/ports/signals.ts";
import type { Stores } from "../../src/core/ports/stores.ts";
import type { User } from "../../src/core/usage/user.ts";
import type { Database } from "../../src/db/database.ts";
import { createStores } from "../../src/db/stores.ts";
import { createIds } from "../../src/system.ts";
import { openTestDatabase, silentLog } from "./databases.ts";
import { MEDIA, member, NOON, newOrder, PROVIDER } from "./store-fixtures.ts";

/** The id of the second provider. */
export const SECOND = "second";

type Scripted<T> = T | Error;

export interface Engine {
  readonly stores: Stores;
  readonly database: Database;
  readonly user: User;
  readonly work: WorkDependencies;
  /** What the provider was asked, in order. */
  readonly starts: readonly { readonly request: GenerateRequest; readonly at: number }[];
  readonly polls: readonly number[];
  /** Answers of the provider and of the way in, used up one by one; the last one stays. */
  start(...answers: Scripted<StartResult>[]): void;
  /** The same of the second provider, where there is one. */
  startSecond(...answers: Scripted<StartResult>[]): void;
  poll(...answers: Scripted<PollResult>[]): void;
  intake(...answers: (IntakeResult | Error)[]): void;
  now(): number;
  /** Lets this much time pass, second by second, with everything that becomes due. */
  pass(delayMs: number): Promise<void>;
  /** Claims and works once, now. */
  tick(): Promise<void>;
  /** Lets time pass without anybody working. */
  skip(delayMs: number): void;
  /** A claim whose holder dies right away; gives back what it held. */
  claimAndDie(): Promise<MediaAsset>;
  ask(units?: number): Promise<readonly MediaAsset[]>;
  asset(id: MediaAsset["id"]): Promise<MediaAsset>;
  close(): Promise<void>;
}

/** The real rules on a real database in memory, with a scripted provider and a clock that is moved by hand. */
export async function createEngine(
  changes: Partial<GeneratorModel> = {},
  options: {
    /** Another provider of the same kind. */
    readonly second?: Partial<GeneratorModel>;
    /** The address that the provider is told for its callbacks. */
    readonly callbackUrl?: string;
    readonly probe?: () => ProbeResult;
    readonly told?: ProviderTrouble[];
    /** Each look at the clock takes a millisecond, as where the CPU is busy with other things. */
    readonly slow?: boolean;
  } = {},
): Promise<Engine> {
  let now = NOON;
  const clock: Clock = {
    now: () => (options.slow ? now++ : now),
    monotonicMs: () => now,
    // Calls last no time here: a renewal waits until its call is over, a pause is over at once.
    sleep: (delayMs, signal) =>
      signal === undefined || delayMs < 30_000
        ? Promise.resolve()
        : new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  };
  const database = await openTestDatabase("file::memory:");
  const stores = createStores(database);
  const user = await member(stores, "discord:1");
  const model: GeneratorModel = {
    id: PROVIDER,
    label: "Scripted",
    kind: "image",
    aspects: ["1:1"],
    maxReferences: 0,
    takesMask: false,
    costDollars: null,
    paid: true,
    repeatable: false,
    typicalMs: 10_000,
    startTimeoutMs: 60_000,
    sketch: false,
    ...changes,
  };
  const starts: { request: GenerateRequest; at: number }[] = [];
  const polls: number[] = [];
  let startAnswers: Scripted<StartResult>[] = [
    { status: "started", operation: { task: 1 }, taskKey: "task" },
  ];
  let secondAnswers: Scripted<StartResult>[] = startAnswers;
  let pollAnswers: Scripted<PollResult>[] = [
    { status: "done", media: [{ url: "https://files.test/a.png" }] },
  ];
  let intakeAnswers: (IntakeResult | Error)[] = [{ status: "stored", media: MEDIA }];
  const next = <T>(answers: T[]): T => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) throw new Error("nothing scripted");
    return answer;
  };
  const give = <T>(answer: Scripted<T>): T => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const generator: Generator = {
    serviceName: "Scripted",
    models: [model],
    budget: { creates: { count: 20, perMs: 10_000 }, reads: { count: 10, perMs: 1_000 }, concurrency: 10 },
    resultHosts: { suffixes: [], trustedOrigins: [] },
    async start(request) {
      starts.push({ request, at: now });
      const answer = give(next(startAnswers));
      // Every task has a key of its own.
      return answer.status === "started" ? { ...answer, taskKey: `task-${starts.length}` } : answer;
    },
    adopt: (_model, taskKey) => ({ task: taskKey }),
    ...(options.probe === undefined
      ? {}
      : { probe: () => Promise.resolve(options.probe?.() ?? { status: "up" }) }),
    async poll() {
      polls.push(now);
      return give(next(pollAnswers));
    },
  };
  const take = async (): Promise<IntakeResult> => {
    return give(next(intakeAnswers));
  };
  const second: Generator = {
    ...generator,
    models: [{ ...model, id: SECOND, label: "Second", ...options.second }],
    async start(request) {
      starts.push({ request, at: now });
      const answer = give(next(secondAnswers));
      return answer.status === "started" ? { ...answer, taskKey: `second-${starts.length}` } : answer;
    },
  };
  const generators = options.second === undefined ? [generator] : [generator, second];
  const health = createHealth({
    generators,
    clock,
    log: silentLog,
    tell: (trouble) => void options.told?.push(trouble),
  });
  const offers = createOffers(generators, (one) => health.isUp(one));
  const work: WorkDependencies = {
    config: {
      freeMonthlyLimit: 10,
      dailyGenerationCap: 0,
      captionDailyLimit: 0,
      captionDailyCap: 0,
      concurrentFree: 1_000,
      concurrentPro: 1_000,
      pollIntervalMs: 30_000,
      generationTimeoutMs: 20 * 60_000,
      adminIds: [],
    },
    offers,
    stores,
    intake: { fromUrl: take, fromBytes: take },
    references: { load: () => Promise.resolve({ references: [], mask: null }) },
    health,
    callbackUrl: () => options.callbackUrl ?? null,
    signals: createSignals(),
    clock,
    ids: { ...createIds(Buffer.from("test")), random: () => 1 },
    log: silentLog,
    messenger: () => null,
  };
  const groups = [{ providers: [PROVIDER, model.id, SECOND], creates: 20, reads: 20 }];
  const tick = async (): Promise<void> => {
    for (const claimed of await stores.generation.claim(groups, "engine", now, LEASE_MS))
      await advance(work, claimed);
  };
  return {
    stores,
    database,
    user,
    work,
    starts,
    polls,
    start: (...answers) => {
      startAnswers = answers;
    },
    startSecond: (...answers) => {
      secondAnswers = answers;
    },
    poll: (...answers) => {
      pollAnswers = answers;
    },
    intake: (...answers) => {
      intakeAnswers = answers;
    },
    now: () => now,
    async pass(delayMs) {
      for (const end = now + delayMs; now < end; ) {
        now = Math.min(end, now + 1_000);
        await tick();
      }
    },
    tick,
    skip(delayMs) {
      now += delayMs;
    },
    async claimAndDie() {
      const [claimed] = await stores.generation.claim(groups, "dead", now, LEASE_MS);
      if (!claimed) throw new Error("nothing was due");
      return claimed.asset;
    },
    async ask(units = 1) {
      const result = await stores.generation.order(newOrder(user, units, { now }));
      if (result.status !== "started") throw new Error(result.status);
      return result.assets;
    },
    async asset(id) {
      const asset = await stores.generation.get(id);
      if (!asset) throw new Error(`no asset ${id}`);
      return asset;
    },
    close: () => database.close(),
  };
}
