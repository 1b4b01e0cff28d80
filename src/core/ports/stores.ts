/** The one job of this file: what core needs of a database for members, requests, media and messages. */
import type { Target } from "../conversation/intents.ts";
import type { Delivery, NewDelivery } from "../delivery/delivery.ts";
import type { ErrorCode } from "../errors.ts";
import type { AssetState, EndReason, MediaAsset } from "../generation/asset.ts";
import type {
  AssetId,
  AttemptId,
  BatchId,
  ChatKey,
  DeliveryId,
  Identity,
  Platform,
  UserId,
} from "../identifiers.ts";
import type { Json } from "../json.ts";
import type { Balance, Period } from "../usage/allowance.ts";
import type { Plan, Settings, User } from "../usage/user.ts";
import type { Aspect, MediaKind } from "./generator.ts";
import type { StoredMedia, StoredReference } from "./media.ts";
import type { PostStores } from "./post-stores.ts";

/**
 * What core needs of a database, all of it in one place: whoever implements a store reads this file and no other. Each operation is one atomic statement or one short transaction: it happened
 * whole or not at all, and a fulfilled promise means committed. Every operation may be repeated after an error,
 * by its key or its compare-and-set. A store reads no clock: moments come in as milliseconds (UTC).
 *
 * @throws AppError STORE_UNAVAILABLE from every operation: nothing was changed, or (after a cut connection at
 * commit) the same call again finds out.
 */
export interface Stores extends PostStores {
  readonly users: UserStore;
  readonly inbox: InboxStore;
  readonly generation: GenerationStore;
  readonly gallery: GalleryStore;
  readonly deliveries: DeliveryStore;
  readonly drafts: DraftStore;
  readonly notes: NoteStore;
}

// ---------------------------------------------------------------------------------------------------- users

export interface AuditEntry {
  /** The inbox key of the command: the same key acts once, and the second call gives the first one's answer. */
  readonly key: string;
  readonly at: number;
  readonly actorId: UserId;
  readonly action: "limit" | "plan" | "grant" | "ban" | "unban";
}

export type UserChange =
  | { readonly action: "limit"; readonly limit: number | null }
  | { readonly action: "plan"; readonly plan: Plan; readonly until: number | null }
  /** Added to the balance; negative takes back, never below 0. */
  | { readonly action: "grant"; readonly units: number }
  | { readonly action: "ban"; readonly reason: string }
  | { readonly action: "unban" };

export interface UserStore {
  /** The member behind an identity, made at first sight (free, no settings); keeps the latest name and locale. */
  resolve(
    identity: Identity,
    profile: { readonly name: string; readonly locale: string | null; readonly username?: string },
    newId: UserId,
    now: number,
  ): Promise<User>;
  byId(id: UserId): Promise<User | null>;
  byIdentity(identity: Identity): Promise<User | null>;
  /** By the platform's public name (`@name` on Telegram), without regard to case; the last one seen with it. */
  byUsername(platform: Platform, username: string): Promise<User | null>;
  /** Changes the named settings only. */
  changeSettings(id: UserId, patch: Partial<Settings>): Promise<Settings>;
  balance(id: UserId, period: Period): Promise<{ readonly used: number; readonly grants: number }>;
  /** Changes a member and writes the audit row (who, when, before, after) in one transaction, once an audit key. */
  administer(id: UserId, change: UserChange, audit: AuditEntry): Promise<User>;
}

// ---------------------------------------------------------------------------------------------------- inbox

export interface Received {
  readonly key: string;
  /** The platform. */
  readonly source: Platform;
  /** What inbound needs to understand it again after a restart. */
  readonly payload: Json;
  readonly receivedAt: number;
}

/** Everything that came in, once: `received -> handled`. */
export interface InboxStore {
  /** Commits all of them in one transaction; gives back the keys that were new. */
  receive(entries: readonly Received[]): Promise<ReadonlySet<string>>;
  /** Left at `received`, oldest first: run again after a restart. */
  waiting(source: Platform, limit: number): Promise<readonly Received[]>;
  /** `received -> handled` (or written as handled), together with an answer that is owed. Once: false for a repeat. */
  handled(key: string, source: Platform, now: number, answer: NewDelivery | null): Promise<boolean>;
  /** Forgets handled rows older than this. At most `limit` a call; gives back how many. */
  prune(before: number, limit: number): Promise<number>;
}

// ----------------------------------------------------------------------------------------------- generation

export interface NewAsset {
  readonly id: AssetId;
  /** Tried in order until one is unused by this member. At least 3. */
  readonly receipts: readonly string[];
  readonly handle: string;
  readonly seed: number;
  readonly ledgerId: string;
  /** Its own copies, stored under its id before the order. */
  readonly references: readonly StoredReference[];
}

export interface Order {
  /** Turned to `handled` (or written as handled) in this transaction. */
  readonly inboxKey: string;
  readonly source: Platform;
  readonly now: number;
  readonly userId: UserId;
  readonly period: Period;
  /** Units of the month's limit; null: unlimited (still counted). */
  readonly limit: number | null;
  readonly batchId: BatchId;
  readonly kind: MediaKind;
  readonly provider: string;
  readonly prompt: string;
  readonly aspect: Aspect;
  readonly style: string | null;
  readonly private: boolean;
  readonly assets: readonly [NewAsset, ...NewAsset[]];
  /** How many of this member's assets may be under way; what is over it gets `dueAt` null and waits its turn. */
  readonly atOnce: number;
  /** The instance's cap of paid assets a day (UTC), or null: does not count. */
  readonly dailyCap: { readonly day: string; readonly count: number } | null;
  /** The draft that this answers, used up in the same transaction (a second press starts nothing), or null. */
  readonly draftId: string | null;
  /** The status message that is owed. */
  readonly status: NewDelivery;
}

export type OrderResult =
  | { readonly status: "started"; readonly assets: readonly MediaAsset[]; readonly balance: Balance }
  /** This key, or this draft, was answered before: nothing was taken. */
  | { readonly status: "duplicate" }
  /** Too few units left for all of them: nothing was taken. */
  | { readonly status: "limit"; readonly balance: Balance }
  | { readonly status: "daily-cap" };

/** An asset as the holder of its lease knows it; every write compares the epoch. */
export interface Held {
  readonly id: AssetId;
  readonly epoch: number;
}

export interface ClaimGroup {
  /** The generator models that share one account's budget. */
  readonly providers: readonly string[];
  /** How many submissions and how many status reads may begin now. */
  readonly creates: number;
  readonly reads: number;
}

/** A claimed asset, and the state it was found in (the row itself has moved: `queued` is `preparing` now). */
export interface Claimed {
  readonly asset: MediaAsset;
  readonly foundIn: AssetState;
}

export interface AttemptStart {
  readonly id: AttemptId;
  readonly startedAt: number;
  /** SHA-256 (hex) of the token in the callback URL. */
  readonly callbackDigest: string;
  /** Counts against the instance's day when it is paid and not the asset's first attempt; null otherwise. */
  readonly capDay: string | null;
  /** When the status message may say that it is being made; missing: it says nothing new. */
  readonly statusDueAt?: number;
}

/** A task that was named for an attempt from outside its own call. */
export interface NotedTask {
  readonly asset: MediaAsset;
  readonly attemptId: AttemptId;
  /** When that attempt was begun. */
  readonly startedAt: number;
  readonly taskKey: string;
  /** Whether this is the asset's last attempt; an older one has ended for certain. */
  readonly isCurrent: boolean;
  /** False: the attempt had a note already, nothing was changed. */
  readonly isFirst: boolean;
}

export interface Ending {
  readonly state: "ready" | "failed" | "expired" | "cancelled";
  /** With `ready`. */
  readonly media: StoredMedia | null;
  /** Without. */
  readonly reason: EndReason | null;
  readonly code: ErrorCode | null;
  /** Fixed words for the attempt's row. */
  readonly detail: string | null;
  readonly now: number;
  readonly ledgerId: string;
  /** What is owed to the chat because of it. */
  readonly deliveries: readonly NewDelivery[];
  /** The member's limit of what is under way at once: the next waiting ones are let go in the same transaction. */
  readonly atOnce: number;
  /** When the status message of the batch may be edited next. */
  readonly statusDueAt: number;
}

export interface GenerationStore {
  /**
   * The whole of a request in one transaction: inbox key, allowance, ledger, assets `queued`, status delivery.
   * All units or none; the month's limit first, then the grants, remembered per asset. Callers racing for the last
   * units get exactly as many as there are. The first `atOnce` minus what is under way get `dueAt` now.
   */
  order(order: Order): Promise<OrderResult>;

  /**
   * Takes what is due (`dueAt <= now`) in each group, at most its numbers, with a lease: `dueAt` becomes
   * `now + leaseMs`, the epoch rises, the holder is written. `queued` (oldest first) becomes `preparing` and counts
   * against `creates`, as does a `preparing` whose lease ran out; `submitted` and `storing` count against `reads`,
   * first those whose `rankAt` is lowest; `submitting` and `unknown` are taken whatever the numbers.
   * Two callers never get the same asset in the same epoch.
   */
  claim(
    groups: readonly ClaimGroup[],
    holder: string,
    now: number,
    leaseMs: number,
  ): Promise<readonly Claimed[]>;

  /**
   * Takes what is due of providers that are none of these: the operator took one away while it had work. Lease, epoch
   * and states as in `claim`.
   */
  claimStrays(
    known: readonly string[],
    holder: string,
    now: number,
    leaseMs: number,
  ): Promise<readonly Claimed[]>;

  /** Moves the end of the lease. False: the lease is lost, stop. */
  renew(held: Held, until: number): Promise<boolean>;

  /** preparing -> submitting, with the attempt's row and the first `submittedAt`. False: lost, do not submit. */
  beginAttempt(held: Held, attempt: AttemptStart): Promise<boolean>;

  /** submitting | unknown -> submitted, with what is needed to find the task again; the lease ends. */
  accept(
    held: Held,
    task: {
      readonly operation: Json;
      readonly taskKey: string;
      readonly now: number;
      readonly dueAt: number;
      readonly rankAt: number;
    },
  ): Promise<boolean>;

  /**
   * submitted | storing -> submitted: looked at, look again at `dueAt`; the lease ends. A changed `progress` makes
   * the status message due at `statusDueAt`.
   */
  lookAgain(
    held: Held,
    next: {
      readonly dueAt: number;
      readonly rankAt: number;
      readonly progress: number | null;
      readonly fetchFailures: number;
      readonly statusDueAt: number;
    },
  ): Promise<boolean>;

  /** submitted | submitting | storing (taken up from a dead holder) -> storing; the lease stays. The status message becomes due at `statusDueAt`. */
  beginStoring(held: Held, statusDueAt: number): Promise<boolean>;

  /** preparing -> queued, no attempt used; the lease ends. */
  postpone(held: Held, dueAt: number): Promise<boolean>;

  /**
   * submitting | submitted | storing -> queued after a certain failure of this attempt; the lease ends. `counts`
   * false: it was no attempt (a busy provider, a repeatable start that was cut off), `attempts` falls by one.
   */
  retry(
    held: Held,
    next: {
      readonly now: number;
      readonly dueAt: number;
      readonly detail: string;
      readonly counts: boolean;
      /** When the status message may say that it is tried again; missing: it says nothing new. */
      readonly statusDueAt?: number;
    },
  ): Promise<boolean>;

  /**
   * preparing | submitting | submitted | storing -> queued with another provider, after this one was given up for
   * certain: its attempts begin at 0 again, what it left behind is forgotten, the first `submittedAt` stays.
   */
  reroute(
    held: Held,
    next: {
      readonly provider: string;
      readonly aspect: Aspect;
      /** All that were given up by now. */
      readonly tried: readonly string[];
      readonly now: number;
      readonly dueAt: number;
      readonly detail: string;
      readonly statusDueAt: number;
    },
  ): Promise<boolean>;

  /**
   * Remembers the task of an attempt whose own answer may be lost: a callback named it (`callbackDigest`), or the
   * answer came after the lease was over (`attemptId`). The first note of an attempt stays. An `unknown` asset
   * becomes due at once, a `submitted` one too if nobody is at work on it and the task is its own; nothing else
   * moves. Null: there is no such attempt, or the task is another attempt's.
   */
  noteTask(
    by: { readonly callbackDigest: string } | { readonly attemptId: AttemptId },
    taskKey: string,
    now: number,
  ): Promise<NotedTask | null>;

  /** What was noted for an asset's last attempt, or null. */
  notedTask(id: AssetId): Promise<{ readonly taskKey: string; readonly startedAt: number } | null>;

  /** Gives an asset that ended as `answer-lost` the operation of its task, for a late look. False: it has one. */
  adoptLate(id: AssetId, operation: Json, taskKey: string): Promise<boolean>;

  /** submitting | storing (without an operation) -> unknown until `dueAt`; the lease ends. */
  doubt(
    held: Held,
    next: { readonly now: number; readonly dueAt: number; readonly detail: string },
  ): Promise<boolean>;

  /**
   * The end, in one transaction: state, ledger (`settle` for ready; else `refund` to where and when the unit was
   * taken), deliveries, status message due, the member's next waiting assets due. False: somebody else ended it.
   * From `failed` or `expired` to `ready` it is the late edge: no ledger entry, only the media and the delivery.
   */
  end(held: Held, ending: Ending): Promise<boolean>;

  /** queued (not leased) -> cancelled with its refund, whoever holds what epoch. False: too late for that. */
  cancel(id: AssetId, ending: Ending): Promise<boolean>;

  /** Gives back the leases of every other holder: for a start where no other process can be at work. */
  releaseLeases(holder: string, now: number): Promise<number>;
  /** Gives back the leases of this holder alone: for the end of a process. */
  returnLeases(holder: string, now: number): Promise<number>;

  /** Waiting assets (`dueAt` null) older than `before`, or whose member has nothing under way: made due. */
  wakeWaiting(before: number, now: number, limit: number): Promise<number>;

  /** Expired, or failed as `answer-lost`, after `after`, with a task that is known, newest first: its result may turn up. */
  lateSince(after: number, limit: number): Promise<readonly MediaAsset[]>;

  get(id: AssetId): Promise<MediaAsset | null>;
  byHandle(handle: string): Promise<MediaAsset | null>;
  batch(id: BatchId): Promise<readonly MediaAsset[]>;
  /** Assets under way and due before this one, with the same provider: its place in the queue. */
  aheadOf(asset: MediaAsset): Promise<number>;
  /** The newest unfinished batch of each member who has one. */
  unfinishedBatches(
    limit: number,
  ): Promise<readonly { readonly batchId: BatchId; readonly userId: UserId }[]>;
  /** For health and statistics: how many are in each state, and the oldest `createdAt` of an unfinished one. */
  overview(): Promise<{
    readonly states: Readonly<Partial<Record<AssetState, number>>>;
    readonly oldest: number | null;
  }>;
}

// -------------------------------------------------------------------------------------------------- gallery

export interface GalleryQuery {
  readonly userId: UserId;
  /** Matches the prompt, without regard to case. */
  readonly search: string | null;
  readonly favouritesOnly: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** A member's own media, newest first; what was deleted is not in it. */
export interface GalleryStore {
  list(query: GalleryQuery): Promise<{ readonly assets: readonly MediaAsset[]; readonly total: number }>;
  byReceipt(userId: UserId, receipt: string): Promise<MediaAsset | null>;
  setFavourite(id: AssetId, favourite: boolean): Promise<boolean>;
  /** Marks it deleted and empties the prompt; only once it has ended. Removing the files is the caller's. */
  remove(id: AssetId, now: number): Promise<boolean>;
}

// ------------------------------------------------------------------------------------------------ deliveries

export interface HeldDelivery {
  readonly id: DeliveryId;
  readonly epoch: number;
}

/** How much is owed to one chat, for choosing what goes first. */
export interface ChatBacklog {
  readonly chatKey: ChatKey;
  readonly target: Target;
  readonly count: number;
  /** The first in line; only it may be sent. */
  readonly head: Delivery;
}

export interface DeliveryStore {
  /** Writes what is owed; one that is there already (by its key) is left as it is. */
  add(deliveries: readonly NewDelivery[]): Promise<void>;
  /**
   * The head of every chat of a platform that is due, with how many wait behind it. Within a chat the `interactive`
   * lane goes before the `backlog` lane, then by sequence; edits of a status that was sent come last, so that they
   * never hold up a result. A chat with one being sent (leased) gives none.
   * At most `limit` chats: interactive heads first, then the longest backlog.
   */
  due(platform: Platform, now: number, limit: number): Promise<readonly ChatBacklog[]>;
  /** new (or sending with its lease over) -> sending, committed before the first byte. Null: somebody else has it. */
  begin(id: DeliveryId, holder: string, now: number, leaseMs: number): Promise<Delivery | null>;
  /**
   * sending -> sent; a status that changed meanwhile (its version rose past `version`) goes back to new instead,
   * due at `dueAt`. A status that was sent once is `backlog` from then on: its edits wait behind fresh answers.
   */
  sent(
    held: HeldDelivery,
    done: { readonly ref: Json; readonly now: number; readonly version: number; readonly dueAt: number },
  ): Promise<void>;
  /** sending -> new, due later. `ref` is kept when it is given; `rung` when the next try is smaller. */
  again(
    held: HeldDelivery,
    next: { readonly dueAt: number; readonly ref?: Json; readonly rung?: number; readonly counts: boolean },
  ): Promise<void>;
  /** One that waits for its time (by its key) is due now. False: it was sent, or is on its way. */
  hurry(dedupeKey: string, now: number): Promise<boolean>;
  undeliverable(held: HeldDelivery, reason: string, now: number): Promise<void>;
  /** Everything that was sent for an asset, or is on its way now (results, originals, notices). */
  ofAsset(assetId: AssetId): Promise<readonly Delivery[]>;
  get(id: DeliveryId): Promise<Delivery | null>;
  /** The delivery of the batch's status message, or null where there is none. */
  statusOf(batchId: BatchId): Promise<Delivery | null>;
  /** Gives back the leases of every other holder, as `GenerationStore.releaseLeases`. */
  releaseLeases(holder: string, now: number): Promise<number>;
  /** Gives back the leases of this holder alone, as `GenerationStore.returnLeases`. */
  returnLeases(holder: string, now: number): Promise<number>;
  /** When the next one of this platform is due, or null: how long the sender may sleep. */
  nextDueAt(platform: Platform): Promise<number | null>;
  overview(): Promise<{ readonly waiting: number; readonly oldest: number | null }>;
}

// ---------------------------------------------------------------------------------------------------- drafts

/** A request that waits for a press of a button (a prompt that was offered, "make 2"). */
export interface Draft {
  /** 16 random characters. */
  readonly id: string;
  readonly userId: UserId;
  readonly content: Json;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface DraftStore {
  save(draft: Draft): Promise<void>;
  /** Null where there is none, or it is used up or expired. */
  get(id: string, now: number): Promise<Draft | null>;
  change(id: string, content: Json): Promise<void>;
  prune(now: number, limit: number): Promise<number>;
}

// ----------------------------------------------------------------------------------------------------- notes

/** Small facts that must outlive the process (what was registered where). */
export interface NoteStore {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
}
