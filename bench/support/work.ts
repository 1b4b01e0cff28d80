import { limits } from "../../src/bots/discord/limits.ts";
import type { Health } from "../../src/core/generation/health.ts";
import { createOffers } from "../../src/core/generation/offers.ts";
import type { WorkDependencies } from "../../src/core/generation/work.ts";
import type { Clock } from "../../src/core/ports/clock.ts";
import type { Generator, GeneratorModel } from "../../src/core/ports/generator.ts";
import type { Messenger } from "../../src/core/ports/messenger.ts";
import { createSignals } from "../../src/core/ports/signals.ts";
import { createIds } from "../../src/system.ts";
import { silentLog } from "../../test/support/databases.ts";
import { MEDIA } from "../../test/support/store-fixtures.ts";
import { PROVIDER } from "./in-flight.ts";

export const MODEL: GeneratorModel = {
  id: PROVIDER,
  label: "Bench",
  kind: "image",
  aspects: ["1:1"],
  maxReferences: 0,
  takesMask: false,
  costDollars: null,
  paid: true,
  repeatable: false,
  typicalMs: 60_000,
  startTimeoutMs: 60_000,
  sketch: false,
};

const messenger: Messenger = {
  platform: "discord",
  limits,
  chatPace: () => limits.pace.chat,
  send: () => Promise.resolve({ status: "undeliverable", reason: "not sent here" }),
  hint: () => undefined,
};

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

/** Everything that core's work needs, with one generator and media that are stored nowhere. */
export function createWork(
  generator: Generator,
  stores: WorkDependencies["stores"],
  clock: Clock,
): WorkDependencies {
  const stored = { status: "stored", media: MEDIA } as const;
  return {
    config: {
      freeMonthlyLimit: 10,
      dailyGenerationCap: 0,
      captionDailyLimit: 0,
      captionDailyCap: 0,
      concurrentFree: 1_000_000,
      concurrentPro: 1_000_000,
      pollIntervalMs: 10_000,
      generationTimeoutMs: 36_000_000,
      adminIds: [],
    },
    offers: createOffers([generator]),
    stores,
    intake: { fromBytes: () => Promise.resolve(stored), fromUrl: () => Promise.resolve(stored) },
    references: { load: () => Promise.resolve({ references: [], mask: null }) },
    health: UP,
    callbackUrl: () => null,
    signals: createSignals(),
    clock,
    ids: createIds(Buffer.alloc(32)),
    log: silentLog,
    messenger: () => messenger,
  };
}
