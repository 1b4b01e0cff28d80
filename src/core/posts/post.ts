import type { Target } from "../conversation/intents.ts";
import type { AssetId, UserId } from "../identifiers.ts";
import type { StoredMedia } from "../ports/media.ts";
import type { Network, PostFailure } from "../ports/publisher.ts";

export type PostId = `post_${string}`;
export type AccountId = `acc_${string}`;

/**
 * The states of one post: one asset, one text, one social account, now or at an instant. Every move is one
 * compare-and-set on (id, state, epoch) in the store.
 *
 * | from                            | to           | when                                                              |
 * |---------------------------------|--------------|-------------------------------------------------------------------|
 * | -                               | waiting      | confirmed by its author, and somebody has to approve it           |
 * | -, waiting                      | confirmed    | confirmed, or approved                                            |
 * | waiting                         | rejected     | by an approver                                                    |
 * | confirmed, handing_over         | handing_over | its keys are committed; entered again only to find out or repeat  |
 * | handing_over                    | scheduled    | the service keeps it for its time                                 |
 * | handing_over                    | publishing   | the service has it and the network is at work                     |
 * | scheduled                       | publishing   | its time has come                                                 |
 * | handing_over, scheduled         | cancelling   | its author wants it back: asked of the service, not yet answered  |
 * | scheduled                       | confirmed    | taken back for a time until which the service keeps no file       |
 * | cancelling                      | cancelled    | the service has said so                                           |
 * | cancelling                      | publishing   | too late                                                          |
 * | handing_over, scheduled,        | published    | everybody can see it                                              |
 * | publishing                      |              |                                                                   |
 * | handing_over, scheduled,        | cancelled    | taken back at the service itself                                  |
 * | publishing                      |              |                                                                   |
 * | confirmed, handing_over         | cancelled    | wanted back by its author, and certainly not at the service       |
 * | confirmed, handing_over,        | failed       | the service or the network refused it for certain                 |
 * | scheduled, publishing           |              |                                                                   |
 * | failed                          | confirmed    | tried again by its author, with keys of its own                   |
 * | failed                          | published    | the service tried again by itself, and said so                    |
 * | waiting, confirmed              | cancelled    | by its author, before anything left                               |
 */
export type PostState =
  | "waiting"
  | "confirmed"
  | "handing_over"
  | "scheduled"
  | "publishing"
  | "cancelling"
  | "published"
  | "failed"
  | "cancelled"
  | "rejected";

export interface Post {
  readonly id: PostId;
  /** 16 random characters: how a button names it. */
  readonly handle: string;
  /** Posts confirmed together, one for each account: the id of the draft that they came from. */
  readonly group: string;
  readonly userId: UserId;
  readonly assetId: AssetId;
  readonly accountId: AccountId;
  /** As the service names the account, and as people do. */
  readonly externalAccountId: string;
  readonly accountName: string;
  readonly network: Network;
  /** Exactly what was confirmed, hashtags included. */
  readonly text: string;
  readonly altText: string;
  /** Exactly the file that was confirmed: the asset's own, or one that was fitted for it. */
  readonly media: StoredMedia;
  readonly story: boolean;
  readonly isAiGenerated: boolean;
  /** Milliseconds UTC; null: at once. */
  readonly scheduledAt: number | null;
  /** The author's IANA zone when it was confirmed. */
  readonly zone: string;
  readonly state: PostState;
  readonly epoch: number;
  readonly dueAt: number | null;
  /** Committed before the first try; the request id changes with a late repeat, the key never. */
  readonly idempotencyKey: string;
  readonly requestId: string;
  readonly tries: number;
  /** When it was tried first; of one that was approved or is tried again, when that was said. */
  readonly firstTriedAt: number | null;
  readonly lastTriedAt: number | null;
  /** A try of it had no certain outcome: it may be at the service, or come there yet. */
  readonly isInDoubt: boolean;
  /** Where the service keeps the file, once it was brought there: stored, since another link would be another post. */
  readonly uploadUrl: string | null;
  readonly externalId: string | null;
  /** Of posts at the service that were taken back, to be handed over anew: they are not this one any more. */
  readonly formerIds: readonly string[];
  readonly publicUrl: string | null;
  readonly failure: PostFailure | null;
  /** Its author wants it back since then; whoever is at work on it sees to that. */
  readonly cancelAskedAt: number | null;
  /** Another text or time that its author asked for, until the service has taken it. */
  readonly wantedText: string | null;
  readonly wantedScheduledAt: number | null;
  /** Where its author is told what came of it. */
  readonly target: Target;
  /** The community whose approvers decide, or null. */
  readonly community: string | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
}

/** An account that posts may go to. */
export interface SocialAccount {
  readonly id: AccountId;
  /** `usr_…`: a member's own; `telegram:-100…`, `discord:…`: a community's. */
  readonly owner: string;
  readonly profileId: string;
  readonly externalId: string;
  readonly network: Network;
  readonly name: string;
  readonly health: "fine" | "reconnect" | "off" | "gone";
  readonly createdAt: number;
  readonly checkedAt: number;
}

/** What the managers of a server or group have decided. */
export interface CommunitySettings {
  /** Who may connect accounts for the community: its managers always; members connect their own where this says so. */
  readonly accounts: "admins" | "members";
  /** A member's post is shown to approvers first. */
  readonly approval: boolean;
  /** Where they are asked; null: nowhere yet, then approval cannot be on. */
  readonly moderators: Target | null;
}

export const STANDARD_COMMUNITY: CommunitySettings = {
  accounts: "admins",
  approval: false,
  moderators: null,
};
