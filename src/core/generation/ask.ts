import type { Actor, Target } from "../conversation/intents.ts";
import type { Aspect, MediaKind } from "../ports/generator.ts";
import type { Balance } from "../usage/allowance.ts";
import type { User } from "../usage/user.ts";
import type { MediaAsset } from "./asset.ts";
import type { ReferenceSource } from "./reference.ts";

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
  /** What it is to be made from, pictures first; none: from words alone. */
  readonly references?: readonly ReferenceSource[] | undefined;
  /** The draft that is answered by it. */
  readonly draftId?: string | undefined;
}

/** One thing wrong with an `Ask`: which field, and the sentence of the catalogue with its arguments. */
export interface AskProblem {
  readonly field:
    | "prompt"
    | "type"
    | "provider"
    | "style"
    | "aspect"
    | "count"
    | "referenceImageUrl"
    | "mask";
  readonly message: string;
  readonly args: Readonly<Record<string, string | number>>;
}

/** The nearest request that would be possible: what to ask for instead, and the names to show. */
export interface Nearest {
  readonly kind: MediaKind;
  /** The model's id and its name for people. */
  readonly provider: string;
  readonly label: string;
  readonly aspect: Aspect;
  readonly style: string | null;
  readonly count: number;
  /** False: the reference images would have to go. */
  readonly keepsReferences: boolean;
}

export type AskResult =
  | {
      readonly status: "started";
      readonly user: User;
      readonly assets: readonly MediaAsset[];
      readonly balance: Balance;
    }
  | { readonly status: "duplicate" }
  /** `nearest` null: there is none (the prompt itself is wrong), or nothing is offered that would do. */
  | {
      readonly status: "invalid";
      readonly problems: readonly AskProblem[];
      readonly nearest: Nearest | null;
    }
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
