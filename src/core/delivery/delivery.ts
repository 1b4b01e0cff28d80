import type { Target } from "../conversation/intents.ts";
import type { Reply } from "../conversation/text.ts";
import type { AssetId, BatchId, ChatKey, DeliveryId, Platform, UserId } from "../identifiers.ts";
import type { Json } from "../json.ts";

/**
 * One message that the bot owes to a chat.
 *
 * | from    | to            | when                                                                       |
 * |---------|---------------|----------------------------------------------------------------------------|
 * | -       | new           | written in the transaction that decided it                                 |
 * | new     | sending       | claimed; committed before the first byte goes out                          |
 * | sending | sent          | the platform said so                                                       |
 * | sending | new           | it certainly was not sent, or it may be repeated safely; later             |
 * | sending | undeliverable | it will never arrive; the media stays in the gallery                       |
 * | sent    | new           | a `status` whose batch moved on: the same message is edited                |
 */
export type DeliveryState = "new" | "sending" | "sent" | "undeliverable";

/**
 * What is to be told; composed from the rows at the time of sending (only a `reply` carries its words). `removal`
 * takes away what the delivery named by the rest of its key (`removal:<delivery id>`) has sent.
 */
export type DeliveryKind =
  | "status"
  | "result"
  | "failure"
  | "resumed"
  | "reply"
  | "original"
  | "removal"
  /**
   * New words and buttons for what stands there: a result that was sent without its caption, or, where it carries its
   * words, the message of the delivery that its key names (`amend:<delivery id>:…`).
   */
  | "amend";

/** Who is served first: `interactive`, a member who waits for an answer; `backlog`, everything else. */
export type Lane = "interactive" | "backlog";

export interface NewDelivery {
  readonly id: DeliveryId;
  readonly kind: DeliveryKind;
  /** The same key is written once: `status:<batch>`, `result:<asset>`, `failure:<asset>`, `reply:<inbox key>` … */
  readonly dedupeKey: string;
  readonly userId: UserId | null;
  readonly batchId: BatchId | null;
  readonly assetId: AssetId | null;
  readonly target: Target;
  readonly lane: Lane;
  /** Only for `reply` (with an asset: it is about that result, and goes where it stands) and for `amend`. */
  readonly reply: Reply | null;
  readonly dueAt: number;
}

export interface Delivery extends NewDelivery {
  readonly platform: Platform;
  readonly chatKey: ChatKey;
  /** Order within a chat. */
  readonly sequence: number;
  readonly state: DeliveryState;
  readonly epoch: number;
  /** Counts the changes of a `status`; a send that began with an older one is followed by another edit. */
  readonly version: number;
  readonly tries: number;
  readonly firstTriedAt: number | null;
  /** How many steps the form of the media has come down (`too-large`). */
  readonly rung: number;
  /** What the messenger gave back; of the batch's status for `statusRef`. */
  readonly ref: Json;
  readonly reason: string | null;
  readonly sentAt: number | null;
  readonly createdAt: number;
}

/** The delivery that takes another one's message away. */
export function removalOf(sent: Delivery, id: DeliveryId, now: number): NewDelivery {
  const { userId, batchId, assetId, target } = sent;
  const dedupeKey = `removal:${sent.id}`;
  return {
    id,
    kind: "removal",
    dedupeKey,
    userId,
    batchId,
    assetId,
    target,
    lane: "interactive",
    reply: null,
    dueAt: now,
  };
}

/** The key of a change of a message; `change` tells this one from others of the same message. */
export function amendKey(changed: DeliveryId, change: string): string {
  return `amend:${changed}:${change}`;
}

/** The id of the delivery whose message is changed. */
export function amendedBy(amend: Pick<Delivery, "dedupeKey">): DeliveryId {
  return `dlv_${amend.dedupeKey.replace(/^amend:dlv_/, "").replace(/:.*$/, "")}`;
}

/** The id of the delivery whose message a removal takes away. */
export function removedBy(removal: Pick<Delivery, "dedupeKey">): DeliveryId {
  return `dlv_${removal.dedupeKey.replace(/^removal:dlv_/, "")}`;
}
