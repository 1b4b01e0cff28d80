import type { NewDelivery } from "../delivery/delivery.ts";
import type { MediaAsset } from "../generation/asset.ts";
import type { AssetId, UserId } from "../identifiers.ts";
import type { AccountId, CommunitySettings, Post, PostId, SocialAccount } from "../posts/post.ts";
import type { Network, PostFailure } from "./publisher.ts";

/**
 * What core needs of a database for captions, accounts and posts. The rules of `Stores` hold here as well: one atomic
 * statement or one short transaction each, repeatable by key or compare-and-set, moments come in.
 *
 * @throws AppError STORE_UNAVAILABLE from every operation.
 */
export interface PostStores {
  readonly captions: CaptionStore;
  readonly accounts: AccountStore;
  readonly communities: CommunityStore;
  readonly posts: PostStore;
}

// ------------------------------------------------------------------------------------------------- captions

export interface Caption {
  readonly id: `cap_${string}`;
  readonly assetId: AssetId;
  readonly userId: UserId;
  /** Null: for no network in particular. */
  readonly network: Network | null;
  readonly language: string;
  readonly text: string;
  readonly hashtags: readonly string[];
  readonly altText: string;
  /** The model's id, or `template`, or `member` for one that was written by hand. */
  readonly model: string;
  readonly createdAt: number;
}

/** So many captions of one asset are kept. */
export const CAPTIONS_KEPT = 20;

export interface CaptionStore {
  /**
   * One that is there already (by its id) is left as it is, one of an asset that is deleted is not kept. Of an asset
   * the newest `CAPTIONS_KEPT` stay.
   */
  add(caption: Caption): Promise<void>;
  /** The newest of an asset, of any network or of this one. */
  latest(assetId: AssetId, network?: Network | null): Promise<Caption | null>;
  byId(id: Caption["id"]): Promise<Caption | null>;
  /** Ready since, not deleted, without any caption, and claimed by nobody now; oldest first. */
  missing(since: number, now: number, limit: number): Promise<readonly MediaAsset[]>;
  /** Of several callers one may write the caption that an asset carries by default, until then. False: somebody else. */
  claim(assetId: AssetId, now: number, until: number): Promise<boolean>;
  /** Counts a call of the model where both limits of that day (UTC) allow it, else says which does not; null: none. */
  countCall(call: {
    readonly day: string;
    readonly userId: UserId;
    readonly memberLimit: number | null;
    readonly instanceLimit: number | null;
  }): Promise<"counted" | "member" | "instance">;
  /** With their asset. */
  remove(assetId: AssetId): Promise<void>;
}

// ------------------------------------------------------------------------------------------------- accounts

export interface AccountStore {
  /** The service's profile of an owner, or null: none was made yet. */
  profileOf(owner: string): Promise<string | null>;
  /** The first one that is remembered stays; gives it back. */
  rememberProfile(owner: string, profileId: string, now: number): Promise<string>;
  /**
   * Makes the owner's accounts what the service says: new ones are added with an id of ours (`newId`), known ones get
   * name and health, missing ones become `gone` (their row stays for the posts that name it).
   */
  sync(
    owner: string,
    profileId: string,
    found: readonly {
      readonly externalId: string;
      readonly network: Network;
      readonly name: string;
      readonly health: SocialAccount["health"];
    }[],
    newId: () => AccountId,
    now: number,
  ): Promise<readonly SocialAccount[]>;
  get(id: AccountId): Promise<SocialAccount | null>;
  byExternalId(externalId: string): Promise<SocialAccount | null>;
  /** Of these owners, without those that are gone; by network and name. */
  ofOwners(owners: readonly string[]): Promise<readonly SocialAccount[]>;
  /** Accounts of communities that were granted to this member, without those that are gone. */
  grantedTo(userId: UserId): Promise<readonly SocialAccount[]>;
  grant(id: AccountId, userId: UserId, by: UserId, now: number): Promise<void>;
  revoke(id: AccountId, userId: UserId): Promise<boolean>;
  isGranted(id: AccountId, userId: UserId): Promise<boolean>;
  setHealth(id: AccountId, health: SocialAccount["health"], now: number): Promise<void>;
}

// ---------------------------------------------------------------------------------------------- communities

export interface CommunityStore {
  /** Standard settings where nothing was decided. */
  get(id: string): Promise<CommunitySettings>;
  /** Changes the named settings only; gives back all. */
  change(id: string, patch: Partial<CommunitySettings>, now: number): Promise<CommunitySettings>;
}

// ---------------------------------------------------------------------------------------------------- posts

export type NewPost = Pick<
  Post,
  | "id"
  | "handle"
  | "group"
  | "userId"
  | "assetId"
  | "accountId"
  | "externalAccountId"
  | "accountName"
  | "network"
  | "text"
  | "altText"
  | "media"
  | "story"
  | "isAiGenerated"
  | "scheduledAt"
  | "zone"
  | "idempotencyKey"
  | "requestId"
  | "target"
  | "community"
> & { readonly state: "waiting" | "confirmed" };

/** What its author wants of it. `zone`: in which the time was named. */
export interface PostWish {
  readonly text?: string;
  readonly scheduledAt?: number;
  readonly zone?: string;
}

/** A post as the holder of its lease knows it. */
export interface HeldPost {
  readonly id: PostId;
  readonly epoch: number;
  /** As it was when it was taken. */
  readonly cancelAskedAt: number | null;
}

export interface PostEnding {
  readonly state: "published" | "failed" | "cancelled" | "rejected";
  readonly publicUrl: string | null;
  readonly externalId: string | null;
  readonly failure: PostFailure | null;
  /** Nothing of it is at the service in any other state than this one, and nothing can come there any more. */
  readonly isCertain?: boolean;
  readonly now: number;
  readonly deliveries: readonly NewDelivery[];
}

export interface PostStore {
  /**
   * Writes all posts of one confirmation, uses up their draft and owes the messages, in one transaction. A confirmed
   * one is due at once. Unique by (group, account): a second confirmation of the same draft writes nothing.
   */
  confirm(request: {
    readonly draftId: string;
    readonly userId: UserId;
    readonly posts: readonly [NewPost, ...NewPost[]];
    readonly deliveries: readonly NewDelivery[];
    readonly now: number;
  }): Promise<readonly Post[] | "duplicate">;

  /**
   * Takes what is due (`dueAt <= now`) in confirmed, handing_over, scheduled, publishing and cancelling, oldest first, with a
   * lease: `dueAt` becomes `now + leaseMs`, the epoch rises, the holder is written. Two callers never get the same.
   */
  claim(holder: string, now: number, leaseMs: number, limit: number): Promise<readonly Post[]>;
  renew(held: HeldPost, until: number): Promise<boolean>;

  /** confirmed | handing_over, held: remembers where the file was brought. The first link stays. */
  uploaded(held: HeldPost, uploadUrl: string): Promise<boolean>;
  /**
   * confirmed | handing_over -> handing_over, held, committed before the first byte: counts a try, keeps the first
   * moment. `requestId` is written (another one only for a late repeat).
   */
  beginHandOver(held: HeldPost, requestId: string, now: number): Promise<boolean>;
  /** handing_over -> scheduled (cancelling, where its author wants it back by now) | publishing: the service has it. */
  handedOver(
    held: HeldPost,
    next: { readonly state: "scheduled" | "publishing"; readonly externalId: string; readonly dueAt: number },
  ): Promise<boolean>;
  /**
   * The same state, looked at again at `dueAt`; the lease ends. From scheduled or cancelling it may rise to publishing.
   * Of one that its author wanted back meanwhile, a scheduled one becomes cancelling, and that one and one that is being
   * handed over are due at once. `isCertain`: the last try certainly made nothing, and none before is in doubt.
   */
  later(
    held: HeldPost,
    next: {
      readonly dueAt: number;
      readonly state?: "publishing";
      readonly isCertain?: boolean;
      readonly owed?: { readonly deliveries: readonly NewDelivery[]; readonly now: number };
    },
  ): Promise<boolean>;
  /** scheduled: what of its author's wish stands at the service is written, the rest is given up; the lease ends. */
  settleChange(
    held: HeldPost,
    next: {
      readonly taken: Pick<PostWish, "text" | "scheduledAt">;
      readonly dueAt: number;
      readonly deliveries: readonly NewDelivery[];
      readonly now: number;
    },
  ): Promise<boolean>;
  /** scheduled -> confirmed as it is wanted, due at once: taken back at the service, to be handed over as a new one. */
  takenBack(
    held: HeldPost,
    next: {
      readonly idempotencyKey: string;
      readonly requestId: string;
      readonly formerIds: readonly string[];
      readonly deliveries: readonly NewDelivery[];
      readonly now: number;
    },
  ): Promise<boolean>;
  /** confirmed | handing_over, held: forgets what the service had of it, and the file there. */
  startAnew(held: HeldPost, formerIds: readonly string[]): Promise<boolean>;
  /** The end, held, with what is owed because of it. False: somebody else ended it. */
  end(held: HeldPost, ending: PostEnding): Promise<boolean>;

  /** waiting -> confirmed, due at once: the very row that was looked at. `atOnce`: its time has passed meanwhile. */
  approve(
    looked: Pick<Post, "id" | "epoch">,
    next: {
      readonly atOnce: boolean;
      readonly deliveries: readonly NewDelivery[];
      readonly now: number;
    },
  ): Promise<boolean>;
  /** waiting -> rejected; waiting | confirmed (never at the service) -> cancelled, whoever is at work on it. */
  withdraw(id: PostId, ending: PostEnding): Promise<boolean>;
  /**
   * scheduled -> cancelling, due at once. While somebody is at work on it, and of one that is being handed over or is
   * tried again, it is remembered that its author wants it back.
   */
  askCancel(id: PostId, now: number): Promise<boolean>;
  /** waiting | confirmed (never at the service, not approved), whoever is at work on it: another text or time. */
  change(
    id: PostId,
    change: PostWish,
    now: number,
    /** Owed because of it. */
    deliveries?: readonly NewDelivery[],
  ): Promise<boolean>;
  /** failed, for certain and not approved: another text. What the service has of it counts as another post. */
  changeFailed(
    looked: Pick<Post, "id" | "epoch">,
    next: { readonly text: string; readonly formerIds: readonly string[] },
  ): Promise<boolean>;
  /**
   * scheduled: remembers another text or time, before the service is asked, and takes it for that with a lease.
   * Null: it is not scheduled any more, wanted back, being changed, or approved as it is.
   */
  want(id: PostId, change: PostWish, holder: string, until: number): Promise<Post | null>;
  /**
   * failed -> confirmed with fresh keys, due at once; what the service has of it stays known, but for a file that was
   * last handed over before `fileSince`.
   */
  tryAgain(
    id: PostId,
    keys: { readonly idempotencyKey: string; readonly requestId: string },
    now: number,
    fileSince: number,
  ): Promise<boolean>;
  /** scheduled | publishing | cancelling, nobody at work on it: due at once. For webhooks. */
  nudge(by: { readonly id: PostId } | { readonly externalId: string }, now: number): Promise<boolean>;

  /** failed -> published: by the service itself, after it had said that it failed. */
  becamePublic(id: PostId, ending: PostEnding): Promise<boolean>;
  /** Of this account, what has not left and what the service keeps: `askCancel` of each, told to its author. */
  askCancelAll(accountId: AccountId, now: number): Promise<void>;
  /** confirmed | scheduled of this account, this member, or both, nobody at work on it: due at once. For lost rights. */
  nudgeAll(of: { readonly accountId?: AccountId; readonly userId?: UserId }, now: number): Promise<void>;

  /** Gives back leases as `GenerationStore.releaseLeases` and `returnLeases` do. */
  releaseLeases(holder: string, now: number): Promise<number>;
  returnLeases(holder: string, now: number): Promise<number>;

  get(id: PostId): Promise<Post | null>;
  byHandle(handle: string): Promise<Post | null>;
  ofGroup(group: string): Promise<readonly Post[]>;
  ofAsset(assetId: AssetId): Promise<readonly Post[]>;
  /** A member's own, by their time (scheduledAt, else createdAt), newest first. */
  list(query: {
    readonly userId: UserId;
    readonly states?: readonly Post["state"][];
    readonly from?: number;
    readonly to?: number;
    readonly limit: number;
    readonly offset: number;
  }): Promise<{ readonly posts: readonly Post[]; readonly total: number }>;
  /** Waiting, wanted at or before `timed`, or for at once since `atOnce`; oldest first. */
  undecided(
    before: { readonly timed: number; readonly atOnce: number },
    limit: number,
  ): Promise<readonly Post[]>;
  /** Instants that an account's posts are scheduled for, from `from` on. */
  scheduledTimes(accountId: AccountId, from: number): Promise<readonly number[]>;
  /** For health: how many wait in each state, and the oldest due moment. */
  overview(): Promise<{ readonly waiting: number; readonly oldestDue: number | null }>;
}
