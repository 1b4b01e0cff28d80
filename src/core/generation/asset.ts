import type { ErrorCode } from "../errors.ts";
import type { AssetId, BatchId, Platform, UserId } from "../identifiers.ts";
import type { Json } from "../json.ts";
import type { Aspect, MediaKind } from "../ports/generator.ts";
import type { StoredMedia, StoredReference } from "../ports/media.ts";
import type { Period } from "../usage/allowance.ts";

/**
 * The states of one media asset. Every move is one compare-and-set on (id, state, epoch) in the store.
 *
 * | from                     | to         | when                                                             |
 * |--------------------------|------------|------------------------------------------------------------------|
 * | -                        | queued     | the unit is reserved                                             |
 * | queued                   | preparing  | claimed, with a lease                                            |
 * | preparing                | queued     | no budget, busy provider, or its lease ran out                   |
 * | preparing                | submitting | the attempt is committed; entered once an attempt                |
 * | submitting               | submitted  | the provider's task is known and stored                          |
 * | submitting               | storing    | the provider answered with the media itself                      |
 * | submitting, submitted,   | queued     | it certainly failed and may be tried again                       |
 * | storing                  |            |                                                                  |
 * | preparing, submitting,   | queued     | given up here for certain: with the next provider of the kind    |
 * | submitted, storing       |            |                                                                  |
 * | submitting, storing      | unknown    | the answer, or the process that held the media, was lost         |
 * | unknown                  | submitted  | the task was found after all                                     |
 * | submitted                | storing    | done at the provider; its result is being fetched                |
 * | storing                  | submitted  | the fetch is to be tried again, or its lease ran out             |
 * | storing                  | ready      | stored, the unit settled, the delivery owed                      |
 * | any of the above         | failed     | for good; the unit goes back                                     |
 * | any of the above         | expired    | past its deadline; the unit goes back                            |
 * | queued                   | cancelled  | by its owner; the unit goes back                                 |
 * | failed, expired          | ready      | a result turned up late: on the house                            |
 */
export type AssetState =
  | "queued"
  | "preparing"
  | "submitting"
  | "submitted"
  | "storing"
  | "unknown"
  | "ready"
  | "failed"
  | "cancelled"
  | "expired";

export const FINAL_STATES: readonly AssetState[] = ["ready", "failed", "cancelled", "expired"];

export function isFinal(state: AssetState): boolean {
  return FINAL_STATES.includes(state);
}

/** What members and the page's API see of a state. */
export function publicStatus(state: AssetState): "processing" | "ready" | "error" {
  if (state === "ready") return "ready";
  return isFinal(state) ? "error" : "processing";
}

/**
 * Why an asset ended without a result. Each is a sentence of the catalogue (`reason-<reason>`), in three classes:
 * the prompt, our limit, the provider.
 */
export type EndReason =
  | "content-refused"
  | "input-refused"
  | "provider-failed"
  | "provider-unavailable"
  | "answer-lost"
  | "no-result"
  | "timed-out"
  | "waited-too-long"
  | "cancelled"
  | "not-acknowledged";

export interface MediaAsset {
  readonly id: AssetId;
  readonly batchId: BatchId;
  /** 0-based place in its batch, and how many there are. */
  readonly batchIndex: number;
  readonly batchCount: number;
  readonly userId: UserId;
  readonly platform: Platform;
  /** 6 characters of Crockford's base 32, unique for a member. */
  readonly receipt: string;
  /** 16 random characters: how a button or a link names this asset. */
  readonly handle: string;
  readonly kind: MediaKind;
  /** The generator model at work now, and in the end the one that made it. */
  readonly provider: string;
  /** The one it was asked of first; another than `provider` after a fallback. */
  readonly requestedProvider: string;
  /** Models that were given up for it, oldest first. */
  readonly tried: readonly string[];
  /** Our copies of what it is made from: pictures in order, a mask last. */
  readonly references: readonly StoredReference[];
  /** Empty once deleted. */
  readonly prompt: string;
  readonly aspect: Aspect;
  readonly style: string | null;
  readonly seed: number;
  readonly state: AssetState;
  readonly epoch: number;
  /** When it is looked at next; while leased, when the lease ends; null: waits for another of the member's to end. */
  readonly dueAt: number | null;
  /** Submissions begun with this provider, at most 3. */
  readonly attempts: number;
  /** Reads that said "done" without media, or fetches that failed, since the task was last seen running. */
  readonly fetchFailures: number;
  /** 0 to 1, or null where the provider does not tell. */
  readonly progress: number | null;
  readonly operation: Json;
  /** When the first attempt was committed; the time-out counts from here. */
  readonly submittedAt: number | null;
  /** When the running attempt's task was accepted; the polling ramp counts from here. */
  readonly acceptedAt: number | null;
  readonly media: StoredMedia | null;
  readonly endReason: EndReason | null;
  readonly endCode: ErrorCode | null;
  readonly favourite: boolean;
  readonly private: boolean;
  readonly period: Period;
  /** Where the unit was taken from. */
  readonly unitSource: "limit" | "grant";
  readonly createdAt: number;
  readonly endedAt: number | null;
  /** Media and prompt were removed by the member. */
  readonly deletedAt: number | null;
}
