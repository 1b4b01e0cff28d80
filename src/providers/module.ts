import type { CaptionWriter } from "../core/ports/captions.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Generator } from "../core/ports/generator.ts";
import type { Ids } from "../core/ports/ids.ts";
import type { Log } from "../core/ports/log.ts";
import type { AdapterModule } from "../core/ports/module.ts";
import type { Publisher } from "../core/ports/publisher.ts";

export interface ProviderDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** What came to a callback address: at most 256 KB, from anyone. */
export interface CallbackRequest {
  /** A header by its name in lower case. */
  header(name: string): string | null;
  readonly body: Uint8Array;
}

/**
 * Reads a callback of the service. Nothing in it is believed but which task it is about, and that only when the
 * signature (where a key is set) and its time hold. Null: forged, too old, or not to be read.
 */
export type ReadCallback = (request: CallbackRequest) => { readonly taskKey: string } | null;

/** The ports a provider has; `close` ends its connections and workers. */
export interface Provider {
  readonly generator?: Generator;
  readonly captions?: CaptionWriter;
  readonly publisher?: Publisher;
  /** Present: the generator's tasks may be told of at `/callbacks/<module id>/<token>`. */
  readonly readCallback?: ReadCallback;
  close?(): Promise<void>;
}

export type ProviderModule = AdapterModule<ProviderDependencies, Provider>;
