import { afterEach } from "vitest";
import { AppError } from "../../../src/core/errors.ts";
import { advance } from "../../../src/core/generation/advance.ts";
import type { MediaAsset } from "../../../src/core/generation/asset.ts";
import type { Health } from "../../../src/core/generation/health.ts";
import { createOffers } from "../../../src/core/generation/offers.ts";
import type { WorkDependencies } from "../../../src/core/generation/work.ts";
import type { Clock } from "../../../src/core/ports/clock.ts";
import type { Generator, GeneratorModel } from "../../../src/core/ports/generator.ts";
import type { Ids } from "../../../src/core/ports/ids.ts";
import type { MediaIntake } from "../../../src/core/ports/media.ts";
import { createSignals } from "../../../src/core/ports/signals.ts";
import type { Stores } from "../../../src/core/ports/stores.ts";
import { createStores } from "../../../src/db/stores.ts";
import { openTestDatabase, silentLog } from "../../support/databases.ts";
import {
  LEASE_MS,
  MEDIA,
  member,
  NOON,
  newOrder,
  PROVIDER,
  started,
  unique,
} from "../../support/store-fixtures.ts";

/** Time that passes only by waiting for it. */
export function createManualClock(): Clock & { advance(byMs: number): void } {
  let nowMs = NOON;
  return {
    now: () => nowMs,
    monotonicMs: () => nowMs - NOON,
    sleep: async (delayMs, signal) => {
      // A renewal loop waits for as long as its call lasts, not in this time.
      if (signal !== undefined && delayMs === 30_000)
        await new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => resolve(), { once: true }),
        );
      else nowMs += delayMs;
    },
    advance: (byMs) => {
      nowMs += byMs;
    },
  };
}

export const IDS: Ids = {
  create: (prefix) => `${prefix}_${unique()}`,
  token: () => unique("token").padEnd(16, "0"),
  receipt: () => unique("R"),
  random: () => 0.5,
  fingerprint: (text) => text,
  digest: (text) => text,
};

const MODEL: GeneratorModel = {
  id: PROVIDER,
  label: "Paid",
  kind: "image",
  aspects: ["1:1"],
  maxReferences: 0,
  takesMask: false,
  costDollars: null,
  paid: true,
  repeatable: false,
  typicalMs: 1_000,
  startTimeoutMs: 60_000,
  sketch: false,
};

/** A paid generator whose answers the test writes; counts its starts. */
export function createPaid(answers: Partial<Pick<Generator, "start" | "poll">>) {
  const calls = { starts: 0 };
  const limits = { count: 100, perMs: 1_000 };
  const generator: Generator = {
    serviceName: "Bench",
    models: [MODEL],
    budget: { creates: limits, reads: limits, concurrency: 10 },
    resultHosts: { suffixes: [], trustedOrigins: [] },
    start: (request, context) => {
      calls.starts += 1;
      return answers.start
        ? answers.start(request, context)
        : Promise.resolve({ status: "started", operation: { task: 1 }, taskKey: unique("task") });
    },
    poll: (operation, context) =>
      answers.poll ? answers.poll(operation, context) : Promise.resolve({ status: "pending" }),
  };
  return { generator, calls };
}

/** Refuses the next `times` calls as a store does that cannot be reached. */
export function failing<Args extends unknown[], Result>(
  call: (...args: Args) => Promise<Result>,
  times: number,
): (...args: Args) => Promise<Result> {
  let left = times;
  return (...args) => {
    if (left === 0) return call(...args);
    left -= 1;
    return Promise.reject(new AppError("STORE_UNAVAILABLE", "the database cannot be used now"));
  };
}

/** Every provider is up, whatever is said of it. */
const UP: Health = {
  isUp: () => true,
  admit: () => true,
  stateOf: () => "up",
  giveBack: () => undefined,
  retryAt: () => 0,
  answered: () => undefined,
  failed: () => undefined,
  silent: () => undefined,
  probe: () => Promise.resolve(),
  states: () => [],
};

export interface WorkBench {
  readonly stores: Stores;
  readonly work: WorkDependencies;
  readonly clock: ReturnType<typeof createManualClock>;
  /** A member's asset, ordered and never worked on. */
  order(): Promise<MediaAsset>;
  /** Claims what is due of the known providers and works on it, once. */
  turn(): Promise<void>;
}

/** Opens a bench for work on assets with the real stores; closed after each test. */
export function workBenches() {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });
  return async (options: {
    readonly generators: readonly Generator[];
    readonly intake?: Partial<MediaIntake>;
    readonly wrap?: (stores: Stores) => Stores;
  }): Promise<WorkBench> => {
    const database = await openTestDatabase("file::memory:");
    open.push(() => database.close());
    const stores = createStores(database);
    const clock = createManualClock();
    const work: WorkDependencies = {
      config: {
        freeMonthlyLimit: 10,
        dailyGenerationCap: 0,
        captionDailyLimit: 0,
        captionDailyCap: 0,
        concurrentFree: 2,
        concurrentPro: 5,
        pollIntervalMs: 30_000,
        generationTimeoutMs: 20 * 60_000,
        adminIds: [],
      },
      offers: createOffers(options.generators),
      stores: options.wrap?.(stores) ?? stores,
      intake: {
        fromBytes: () => Promise.resolve({ status: "stored", media: MEDIA }),
        fromUrl: () => Promise.resolve({ status: "stored", media: MEDIA }),
        ...options.intake,
      },
      references: { load: () => Promise.resolve({ references: [], mask: null }) },
      health: UP,
      callbackUrl: () => null,
      signals: createSignals(),
      clock,
      ids: IDS,
      log: silentLog,
      messenger: () => null,
    };
    const providers = options.generators.flatMap(({ models }) => models.map(({ id }) => id));
    return {
      stores,
      work,
      clock,
      async order() {
        const user = await member(stores, undefined, clock.now());
        const [asset] = started(await stores.generation.order(newOrder(user)));
        if (asset === undefined) throw new Error("an order gave no asset");
        return asset;
      },
      async turn() {
        const groups = [{ providers, creates: 100, reads: 100 }];
        for (const claimed of await stores.generation.claim(groups, "bench", clock.now(), LEASE_MS))
          await advance(work, claimed).catch(() => undefined);
      },
    };
  };
}
