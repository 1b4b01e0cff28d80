import type { ErrorCode } from "../errors.ts";
import type { Json } from "../json.ts";

export type MediaKind = "image" | "video";

/** Width to height. A model names those it can make. */
export type Aspect = "1:1" | "3:2" | "2:3" | "4:3" | "3:4" | "4:5" | "5:4" | "16:9" | "9:16" | "21:9";
export const ASPECTS: readonly Aspect[] = [
  "1:1",
  "3:2",
  "2:3",
  "4:3",
  "3:4",
  "4:5",
  "5:4",
  "16:9",
  "9:16",
  "21:9",
];

/**
 * What a member can choose as `provider`, as data: core decides from it what may be asked, so a generator never
 * has to refuse a combination.
 */
export interface GeneratorModel {
  /** What members type and rows store: `kie-4o-image`. Unique over all providers together with the kind. */
  readonly id: string;
  /** A name for people: `KIE 4o Image`. */
  readonly label: string;
  readonly kind: MediaKind;
  /** The first is the default. Never empty. */
  readonly aspects: readonly [Aspect, ...Aspect[]];
  /** How many reference images it takes; 0: none. With them it edits an image or animates it. */
  readonly maxReferences: number;
  /** Whether a mask may say which part of the first reference is to change. */
  readonly takesMask: boolean;
  /** Longest prompt in UTF-16 units, the style's words included; missing: whatever core allows (4,000 and a style). */
  readonly promptUnits?: number;
  /**
   * What one costs about, in US dollars; null: not known. Never charged to anybody: it keeps a fallback from being
   * much dearer than what was asked for, and an unknown cost is let through.
   */
  readonly costDollars: number | null;
  /** False: costs nothing outside (not counted in the instance's daily cap). */
  readonly paid: boolean;
  /**
   * True: `start` may be called again after its answer was lost, because it has no effect outside this process.
   * False for everything that is paid.
   */
  readonly repeatable: boolean;
  /** How long it usually takes from start to done; orders the status reads when the budget is short. */
  readonly typicalMs: number;
  /** A deadline for `start`: 60 s for those that only create a task, 180 s for those that answer with the media. */
  readonly startTimeoutMs: number;
  /** True: what it makes is drawn here and says so in every result (the embedded sketch). */
  readonly sketch: boolean;
}

/** How much of one account may be asked; shared by all generators of a module. */
export interface ProviderBudget {
  /** New tasks: at most `count` in any window of `perMs`. */
  readonly creates: { readonly count: number; readonly perMs: number };
  /** Status reads, likewise. */
  readonly reads: { readonly count: number; readonly perMs: number };
  /** Calls under way at once, creates and reads each. */
  readonly concurrency: number;
}

/** Our own copy of a member's picture: drawn anew, upright, without metadata. */
export interface ReferenceImage {
  readonly bytes: Uint8Array;
  readonly contentType: "image/png" | "image/jpeg";
  readonly width: number;
  readonly height: number;
}

export interface GenerateRequest {
  /** The model's id. */
  readonly model: string;
  readonly kind: MediaKind;
  /** Normalised; at most 1,000 graphemes and 4,000 UTF-16 units, the style's words included by core. */
  readonly prompt: string;
  readonly aspect: Aspect;
  /** The name of a picture style that the generator may know (`watercolour`), or null. */
  readonly style: string | null;
  /** 0 to 2^31-1; the same seed gives the same sketch. */
  readonly seed: number;
  /** Never more than the model's `maxReferences`. */
  readonly references: readonly ReferenceImage[];
  /**
   * A PNG of the first reference's size: where it is transparent the picture is to change. Only for models with
   * `takesMask`, and only together with references.
   */
  readonly mask: ReferenceImage | null;
}

export interface CallContext {
  readonly signal: AbortSignal;
  /** Where the provider may tell that it is done (a hint only), or null. */
  readonly callbackUrl: string | null;
}

/**
 * Why nothing came of it, for certain.
 * - `busy`: nothing was started, ask again later; no attempt is used up (429).
 * - `transient`: nothing was started, or the task ended in a failure that may pass.
 * - `content`: refused for what was asked; ends at once, and the member reads why.
 * - `input`: the provider cannot take this input (a size, a broken reference); ends at once.
 * - `operator`: key, credit or switch at the provider; ends at once here, the operator is told.
 */
export interface Failure {
  readonly kind: "busy" | "transient" | "content" | "input" | "operator";
  readonly code: ErrorCode;
  /**
   * With `operator`: `account` (missing counts as that) is the key or the credit, so every model of the generator is
   * set aside; `model` is this one alone (switched off, retired).
   */
  readonly scope?: "account" | "model";
  /**
   * With `transient`: the service itself was not there (5xx, no connection), which says something about its health;
   * missing or false: it answered, and only this task came to nothing.
   */
  readonly serviceDown?: boolean;
  /** Decided here: the service was not asked, so nothing is said about its health. */
  readonly notAsked?: boolean;
  /** Longest wait the provider asked for, if it did. */
  readonly retryAfterMs?: number;
  /** A few fixed words for the log and the row (`kie 501`); never the provider's own text. */
  readonly detail: string;
}

/** What a provider made: a link to fetch through the guard, or the bytes themselves. */
export type ProducedMedia =
  | { readonly url: string; readonly bytes?: never }
  | { readonly bytes: Uint8Array; readonly url?: never };

export type StartResult =
  /** A task exists. `taskKey` is its id at the provider (unique there); `operation` is all that `poll` needs. */
  | { readonly status: "started"; readonly operation: Json; readonly taskKey: string }
  /** It is made already (synchronous providers). */
  | { readonly status: "done"; readonly media: readonly [ProducedMedia, ...ProducedMedia[]] }
  | { readonly status: "failed"; readonly failure: Failure }
  /** No usable answer: a task may exist and may cost. Never repeated. `detail` as in `Failure`. */
  | {
      readonly status: "unknown";
      readonly detail: string;
      /** No answer, or a 5xx: a bad sign for its health. Missing: the service answered, oddly. */
      readonly serviceDown?: boolean;
    };

export type PollResult =
  /** `progress` from 0 to 1, where the provider tells. */
  | { readonly status: "pending"; readonly progress?: number }
  | { readonly status: "done"; readonly media: readonly [ProducedMedia, ...ProducedMedia[]] }
  /** The provider says success and names no usable media: read again a few times, then it is a failure. */
  | { readonly status: "empty" }
  | { readonly status: "failed"; readonly failure: Failure }
  /** The read itself failed: nothing is known, it is simply read again. */
  | { readonly status: "unreadable"; readonly detail: string; readonly retryAfterMs?: number };

/** What a look at the account found; it costs nothing and starts nothing. */
export type ProbeResult =
  /** `credits`: what is left of a prepaid balance, in the provider's own unit; `fewCredits`: too few for one more. */
  | { readonly status: "up"; readonly credits?: number; readonly fewCredits?: boolean }
  | { readonly status: "down"; readonly failure: Failure };

/**
 * One way to make media. It never loops, sleeps or retries: core decides when to look again. Everything the
 * provider can say is a value; a throw is a bug (and counts as `unknown` from `start`, `unreadable` from `poll`).
 */
export interface Generator {
  /** The service behind all of its models as people call it (`KIE`), for words about its account. */
  readonly serviceName: string;
  readonly models: readonly GeneratorModel[];
  readonly budget: ProviderBudget;
  /** Which result links may be fetched: host suffixes (`.aiquickdraw.com`), and origins the operator configured. */
  readonly resultHosts: { readonly suffixes: readonly string[]; readonly trustedOrigins: readonly string[] };
  /** Asks once. Called at most once for an attempt, with the attempt committed before. */
  start(request: GenerateRequest, context: CallContext): Promise<StartResult>;
  /** Looks once. `operation` is what `start` gave, read back from the database: parse it. */
  poll(operation: Json, context: CallContext): Promise<PollResult>;
  /** A fresh link for a result whose link has died, or null. Asked at most once. */
  refresh?(operation: Json, url: string, context: CallContext): Promise<string | null>;
  /**
   * The operation of a task whose create answer was lost, from the task key that a callback named; null where that
   * key cannot be one. Only generators with callbacks have it.
   */
  adopt?(model: { readonly id: string; readonly kind: MediaKind }, taskKey: string, startedAt: number): Json;
  /** Looks whether the account works, without cost. Missing: there is nothing to look at (embedded). */
  probe?(context: CallContext): Promise<ProbeResult>;
}
