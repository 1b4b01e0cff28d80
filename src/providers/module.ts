import type { Clock } from "../core/ports/clock.ts";
import type { Generator } from "../core/ports/generator.ts";
import type { Ids } from "../core/ports/ids.ts";
import type { Log } from "../core/ports/log.ts";
import type { AdapterModule } from "../core/ports/module.ts";

export interface ProviderDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** The ports a provider has; `close` ends its connections and workers. */
export interface Provider {
  readonly generator?: Generator;
  close?(): Promise<void>;
}

export type ProviderModule = AdapterModule<ProviderDependencies, Provider>;
