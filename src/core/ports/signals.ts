import type { AssetId, Platform, UserId } from "../identifiers.ts";

/**
 * Hints within one process, sent after a commit. Losing one costs a tick (a second), never work: the rows hold
 * the work. `work`: an asset may be due. `delivery`: a message may be due. `asset`: something a page shows changed.
 */
export type Signal =
  | { readonly kind: "work" }
  | { readonly kind: "delivery"; readonly platform: Platform }
  | { readonly kind: "asset"; readonly assetId: AssetId; readonly userId: UserId };

export interface Signals {
  emit(signal: Signal): void;
  /** Gives back how to stop listening. A listener must not throw. */
  on(listener: (signal: Signal) => void): () => void;
}

/** The one implementation there is: synchronous, in this process. */
export function createSignals(): Signals {
  const listeners = new Set<(signal: Signal) => void>();
  return {
    emit(signal) {
      for (const listener of listeners) listener(signal);
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
