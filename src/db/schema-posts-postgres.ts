import { sql } from "drizzle-orm";
import type { AssetId, UserId } from "../core/identifiers.ts";
import type { Caption } from "../core/ports/post-stores.ts";
import type { Network } from "../core/ports/publisher.ts";
import type { AccountId, CommunitySettings, PostId, PostState, SocialAccount } from "../core/posts/post.ts";
import {
  check,
  flag,
  index,
  integer,
  json,
  moment,
  primaryKey,
  sequence,
  table,
  text,
  uniqueIndex,
} from "./columns-postgres.ts";

export const captions = table(
  "captions",
  {
    sequence: sequence(),
    id: text().$type<Caption["id"]>().notNull(),
    assetId: text().$type<AssetId>().notNull(),
    userId: text().$type<UserId>().notNull(),
    network: text().$type<Network>(),
    language: text().notNull(),
    text: text().notNull(),
    hashtags: json().notNull(),
    altText: text().notNull(),
    model: text().notNull(),
    createdAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex("captions_id_index").on(t.id),
    index("captions_asset_index").on(t.assetId, t.createdAt, t.sequence),
  ],
);

/** Until when nobody else writes the caption that a result carries by default. */
export const captionClaims = table("caption_claims", {
  assetId: text().$type<AssetId>().primaryKey(),
  until: moment().notNull(),
});

/** Calls of the caption model by day (UTC): a member's, and the whole instance's under a name of their own. */
export const captionDays = table(
  "caption_days",
  {
    day: text().notNull(),
    owner: text().notNull(),
    calls: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.owner] })],
);

/** Where the accounts of an owner (a member, a community) are kept at the publishing service. */
export const socialProfiles = table("social_profiles", {
  owner: text().primaryKey(),
  profileId: text().notNull(),
  createdAt: moment().notNull(),
});

/** The service has an account in one profile only. One that is gone there stays, for the posts that name it. */
export const socialAccounts = table(
  "social_accounts",
  {
    id: text().$type<AccountId>().primaryKey(),
    owner: text().notNull(),
    profileId: text().notNull(),
    externalId: text().notNull(),
    network: text().$type<Network>().notNull(),
    name: text().notNull(),
    health: text().$type<SocialAccount["health"]>().notNull(),
    createdAt: moment().notNull(),
    checkedAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex("social_accounts_external_index").on(t.externalId),
    index("social_accounts_owner_index").on(t.owner),
  ],
);

/** A community's account that a member may post to. */
export const accountGrants = table(
  "account_grants",
  {
    accountId: text()
      .$type<AccountId>()
      .notNull()
      .references(() => socialAccounts.id),
    userId: text().$type<UserId>().notNull(),
    grantedBy: text().$type<UserId>().notNull(),
    createdAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.userId] }), index("account_grants_user_index").on(t.userId)],
);

export const communities = table("communities", {
  id: text().primaryKey(),
  accounts: text().$type<CommunitySettings["accounts"]>().notNull(),
  approval: flag().notNull(),
  moderators: json(),
  changedAt: moment().notNull(),
});

/**
 * A lease is a `due_at` in the future together with `leased_by`. What waits for an approver, and what has ended, has
 * neither.
 */
export const posts = table(
  "posts",
  {
    id: text().$type<PostId>().primaryKey(),
    handle: text().notNull(),
    group: text().notNull(),
    userId: text().$type<UserId>().notNull(),
    assetId: text().$type<AssetId>().notNull(),
    accountId: text()
      .$type<AccountId>()
      .notNull()
      .references(() => socialAccounts.id),
    externalAccountId: text().notNull(),
    accountName: text().notNull(),
    network: text().$type<Network>().notNull(),
    text: text().notNull(),
    altText: text().notNull(),
    media: json().notNull(),
    story: flag().notNull(),
    isAiGenerated: flag().notNull(),
    scheduledAt: moment(),
    zone: text().notNull(),
    state: text().$type<PostState>().notNull(),
    epoch: integer().notNull().default(0),
    dueAt: moment(),
    leasedBy: text(),
    idempotencyKey: text().notNull(),
    requestId: text().notNull(),
    tries: integer().notNull().default(0),
    firstTriedAt: moment(),
    lastTriedAt: moment(),
    isInDoubt: flag().notNull().default(false),
    uploadUrl: text(),
    externalId: text(),
    formerIds: json(),
    publicUrl: text(),
    failure: json(),
    target: json().notNull(),
    community: text(),
    createdAt: moment().notNull(),
    endedAt: moment(),
    cancelAskedAt: moment(),
    wantedText: text(),
    wantedScheduledAt: moment(),
    /** `scheduled_at`, else `created_at`: what lists are ordered by. */
    listedAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex("posts_group_index").on(t.group, t.accountId),
    uniqueIndex("posts_handle_index").on(t.handle),
    index("posts_due_index").on(t.dueAt, t.id).where(sql`due_at is not null`),
    index("posts_lease_index").on(t.leasedBy).where(sql`leased_by is not null`),
    index("posts_list_index").on(t.userId, t.listedAt, t.id),
    index("posts_asset_index").on(t.assetId),
    index("posts_account_index").on(t.accountId, t.scheduledAt),
    index("posts_external_index").on(t.externalId).where(sql`external_id is not null`),
    check(
      "posts_state_check",
      sql`state not in ('waiting', 'published', 'failed', 'cancelled', 'rejected') or due_at is null`,
    ),
  ],
);
