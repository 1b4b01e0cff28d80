import type { Actor, Target } from "../conversation/intents.ts";
import type { MediaKind } from "../ports/generator.ts";
import type { Balance } from "../usage/allowance.ts";
import type { User } from "../usage/user.ts";
import type { MediaAsset } from "./asset.ts";

/** A request for media as it came in: nothing in it is checked yet, and what is missing has a default. */
export interface Ask {
  readonly inboxKey: string;
  readonly actor: Actor;
  readonly target: Target;
  readonly prompt: string;
  readonly kind?: string | undefined;
  readonly provider?: string | undefined;
  readonly style?: string | undefined;
  readonly aspect?: string | undefined;
  readonly count?: number | undefined;
  readonly private?: boolean | undefined;
  readonly referenceUrl?: string | undefined;
  /** The draft that is answered by it. */
  readonly draftId?: string | undefined;
}

/** One thing wrong with an `Ask`: which field, and the sentence of the catalogue with its arguments. */
export interface AskProblem {
  readonly field: "prompt" | "type" | "provider" | "style" | "aspect" | "count" | "referenceImageUrl";
  readonly message: string;
  readonly args: Readonly<Record<string, string | number>>;
}

export type AskResult =
  | {
      readonly status: "started";
      readonly user: User;
      readonly assets: readonly MediaAsset[];
      readonly balance: Balance;
    }
  | { readonly status: "duplicate" }
  | { readonly status: "invalid"; readonly problems: readonly AskProblem[] }
  | {
      readonly status: "limit";
      readonly user: User;
      readonly balance: Balance;
      readonly resetsAt: number;
      readonly wanted: number;
    }
  | { readonly status: "daily-cap"; readonly resetsAt: number }
  | { readonly status: "banned"; readonly user: User }
  /** No provider makes this kind here. */
  | { readonly status: "nothing-offered"; readonly kind: MediaKind };

/** The first use case: checks, reserves, queues. Nothing was taken unless it says `started`. */
export type RequestMedia = (ask: Ask) => Promise<AskResult>;
