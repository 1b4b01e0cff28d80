import { sql } from "drizzle-orm";
import type { DeliveryKind, DeliveryState, Lane } from "../core/delivery/delivery.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { AssetState, EndReason } from "../core/generation/asset.ts";
import type {
  AssetId,
  AttemptId,
  BatchId,
  ChatKey,
  DeliveryId,
  Identity,
  UserId,
} from "../core/identifiers.ts";
import type { Aspect, MediaKind } from "../core/ports/generator.ts";
import type { AuditEntry } from "../core/ports/stores.ts";
import type { Period } from "../core/usage/allowance.ts";
import type { Plan } from "../core/usage/user.ts";
import {
  check,
  flag,
  index,
  integer,
  json,
  moment,
  primaryKey,
  real,
  sequence,
  table,
  text,
  uniqueIndex,
} from "./columns-sqlite.ts";

export * from "./schema-posts-sqlite.ts";

export const users = table(
  "users",
  {
    id: text().$type<UserId>().primaryKey(),
    plan: text().$type<Plan>().notNull().default("free"),
    planUntil: moment(),
    limitOverride: integer(),
    grants: integer().notNull().default(0),
    bannedAt: moment(),
    banReason: text(),
    settings: json().notNull(),
    createdAt: moment().notNull(),
  },
  () => [check("users_grants_check", sql`grants >= 0`)],
);

export const identities = table(
  "identities",
  {
    identity: text().$type<Identity>().primaryKey(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => users.id),
    platform: text().notNull(),
    name: text().notNull(),
    locale: text(),
    /** In lower case. */
    username: text(),
    seenAt: moment().notNull(),
  },
  (t) => [
    index("identities_user_index").on(t.userId),
    index("identities_username_index").on(t.platform, t.username),
  ],
);

export const userUsage = table(
  "user_usage",
  {
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => users.id),
    period: text().$type<Period>().notNull(),
    mediaGenerationsCreated: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.period] }),
    check("user_usage_check", sql`media_generations_created >= 0`),
  ],
);

/**
 * What was taken and given back, for ever. `units` is how many were taken from `source` (negative: given), so the
 * sum over a user and period is `user_usage`, and minus the sum over a user's grants is the balance of grants.
 * (asset, step) is unique, step 1 the reservation and step 2 its one settlement or refund.
 */
export const usageLedger = table(
  "usage_ledger",
  {
    id: text().primaryKey(),
    userId: text().$type<UserId>().notNull(),
    assetId: text().$type<AssetId>(),
    step: integer().notNull(),
    kind: text().$type<"reserve" | "settle" | "refund" | "grant">().notNull(),
    source: text().$type<"limit" | "grant">().notNull(),
    period: text().$type<Period>(),
    units: integer().notNull(),
    createdAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex("usage_ledger_step_index").on(t.assetId, t.step),
    index("usage_ledger_user_index").on(t.userId, t.period),
  ],
);

export const inbox = table(
  "inbox",
  {
    sequence: sequence(),
    key: text().notNull(),
    source: text().notNull(),
    state: text().$type<"received" | "handled">().notNull(),
    /** Emptied when it is handled. */
    payload: json(),
    receivedAt: moment().notNull(),
    handledAt: moment(),
  },
  (t) => [
    uniqueIndex("inbox_key_index").on(t.key),
    index("inbox_waiting_index").on(t.source, t.sequence).where(sql`state = 'received'`),
    index("inbox_handled_index").on(t.handledAt).where(sql`handled_at is not null`),
  ],
);

/**
 * A lease is a `due_at` in the future together with `leased_by`; a final state has neither. Whatever is under way
 * has a `due_at`; a `queued` one without waits for another of its member's to end.
 */
export const mediaAssets = table(
  "media_assets",
  {
    id: text().$type<AssetId>().primaryKey(),
    batchId: text().$type<BatchId>().notNull(),
    batchIndex: integer().notNull(),
    batchCount: integer().notNull(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => users.id),
    platform: text().notNull(),
    receipt: text().notNull(),
    handle: text().notNull(),
    kind: text().$type<MediaKind>().notNull(),
    provider: text().notNull(),
    prompt: text().notNull(),
    /** The prompt as it is searched: folded by `foldForSearch`. */
    searchText: text().notNull(),
    aspect: text().$type<Aspect>().notNull(),
    style: text(),
    seed: integer().notNull(),
    state: text().$type<AssetState>().notNull(),
    epoch: integer().notNull().default(0),
    dueAt: moment(),
    leasedBy: text(),
    rankAt: moment(),
    attempts: integer().notNull().default(0),
    attemptId: text().$type<AttemptId>(),
    fetchFailures: integer().notNull().default(0),
    progress: real(),
    operation: json(),
    submittedAt: moment(),
    acceptedAt: moment(),
    media: json(),
    endReason: text().$type<EndReason>(),
    endCode: text().$type<ErrorCode>(),
    favourite: flag().notNull().default(false),
    private: flag().notNull(),
    period: text().$type<Period>().notNull(),
    unitSource: text().$type<"limit" | "grant">().notNull(),
    createdAt: moment().notNull(),
    endedAt: moment(),
    deletedAt: moment(),
    /** Null: it is still with the provider that it was asked of. */
    requestedProvider: text(),
    /** Models that were given up for it, as a list; null: none. */
    tried: json(),
    /** Our copies of what it is made from, as a list; null: from words alone. */
    referenceMedia: json(),
  },
  (t) => [
    uniqueIndex("media_assets_receipt_index").on(t.userId, t.receipt),
    uniqueIndex("media_assets_handle_index").on(t.handle),
    index("media_assets_batch_index").on(t.batchId),
    index("media_assets_gallery_index").on(t.userId, t.createdAt, t.id).where(sql`deleted_at is null`),
    index("media_assets_due_index").on(t.dueAt).where(sql`due_at is not null`),
    index("media_assets_create_index")
      .on(t.createdAt, t.id, t.provider, t.dueAt)
      .where(sql`state in ('queued', 'preparing')`),
    index("media_assets_read_index")
      .on(t.rankAt, t.provider, t.dueAt)
      .where(sql`state in ('submitted', 'storing')`),
    index("media_assets_doubt_index").on(t.dueAt, t.provider).where(sql`state in ('submitting', 'unknown')`),
    index("media_assets_late_index").on(t.endedAt).where(sql`state in ('expired', 'failed')`),
    index("media_assets_ready_index").on(t.endedAt).where(sql`state = 'ready'`),
    index("media_assets_unfinished_index")
      .on(t.userId, t.createdAt, t.dueAt)
      .where(sql`state in ('queued', 'preparing', 'submitting', 'submitted', 'storing', 'unknown')`),
    index("media_assets_lease_index").on(t.leasedBy).where(sql`leased_by is not null`),
    check(
      "media_assets_state_check",
      sql`state not in ('ready', 'failed', 'cancelled', 'expired') or due_at is null`,
    ),
  ],
);

/** One submission of an asset to one provider, kept for the record and for finding its task. */
export const attempts = table(
  "attempts",
  {
    id: text().$type<AttemptId>().primaryKey(),
    assetId: text()
      .$type<AssetId>()
      .notNull()
      .references(() => mediaAssets.id),
    provider: text().notNull(),
    number: integer().notNull(),
    callbackDigest: text().notNull(),
    taskKey: text(),
    startedAt: moment().notNull(),
    acceptedAt: moment(),
    endedAt: moment(),
    detail: text(),
    /** The task as it was named from outside the attempt's own call. */
    notedTaskKey: text(),
  },
  (t) => [
    index("attempts_asset_index").on(t.assetId),
    uniqueIndex("attempts_task_index").on(t.provider, t.taskKey),
    index("attempts_task_key_index").on(t.taskKey),
    uniqueIndex("attempts_callback_index").on(t.callbackDigest),
  ],
);

export const deliveries = table(
  "deliveries",
  {
    sequence: sequence(),
    id: text().$type<DeliveryId>().notNull(),
    kind: text().$type<DeliveryKind>().notNull(),
    dedupeKey: text().notNull(),
    userId: text().$type<UserId>(),
    batchId: text().$type<BatchId>(),
    assetId: text().$type<AssetId>(),
    platform: text().notNull(),
    chatKey: text().$type<ChatKey>().notNull(),
    target: json().notNull(),
    lane: text().$type<Lane>().notNull(),
    reply: json(),
    state: text().$type<DeliveryState>().notNull(),
    epoch: integer().notNull().default(0),
    version: integer().notNull().default(0),
    dueAt: moment().notNull(),
    leasedBy: text(),
    tries: integer().notNull().default(0),
    firstTriedAt: moment(),
    rung: integer().notNull().default(0),
    ref: json(),
    reason: text(),
    createdAt: moment().notNull(),
    sentAt: moment(),
  },
  (t) => [
    uniqueIndex("deliveries_id_index").on(t.id),
    uniqueIndex("deliveries_dedupe_index").on(t.dedupeKey),
    index("deliveries_line_index")
      .on(t.platform, t.chatKey, t.sequence, t.lane, t.state, t.dueAt, t.sentAt, t.tries)
      .where(sql`state in ('new', 'sending')`),
    index("deliveries_due_index").on(t.platform, t.dueAt).where(sql`state in ('new', 'sending')`),
    index("deliveries_status_index").on(t.batchId).where(sql`kind = 'status'`),
    index("deliveries_asset_index").on(t.assetId).where(sql`asset_id is not null`),
    index("deliveries_lease_index").on(t.leasedBy).where(sql`leased_by is not null`),
  ],
);

/** Every change that an admin made: who, when, before, after. Rows are only ever added. */
export const auditLog = table(
  "audit_log",
  {
    key: text().primaryKey(),
    at: moment().notNull(),
    actorId: text().$type<UserId>().notNull(),
    userId: text().$type<UserId>().notNull(),
    action: text().$type<AuditEntry["action"]>().notNull(),
    before: json().notNull(),
    after: json().notNull(),
  },
  (t) => [index("audit_log_user_index").on(t.userId, t.at)],
);

export const drafts = table(
  "drafts",
  {
    id: text().primaryKey(),
    userId: text().$type<UserId>().notNull(),
    content: json(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
    usedAt: moment(),
  },
  (t) => [index("drafts_expiry_index").on(t.expiresAt)],
);

export const notes = table("notes", {
  name: text().primaryKey(),
  value: text().notNull(),
});

/** Paid submissions of the whole instance by day (UTC), for the daily cap. */
export const instanceDays = table("instance_days", {
  day: text().primaryKey(),
  paidSubmissions: integer().notNull(),
});
