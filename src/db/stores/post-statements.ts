import {
  and,
  asc,
  desc,
  eq,
  gte,
  inArray,
  isNotNull,
  lt,
  notInArray,
  type Placeholder,
  type SQL,
  sql,
} from "drizzle-orm";
import type { AssetId, UserId } from "../../core/identifiers.ts";
import type { AccountId, PostId } from "../../core/posts/post.ts";
import type { PostRow, Tables } from "../schema.ts";
import { isOneOf, locking, statement, type Values } from "../statement.ts";

type NewRow = Omit<
  PostRow,
  | "epoch"
  | "leasedBy"
  | "tries"
  | "firstTriedAt"
  | "lastTriedAt"
  | "isInDoubt"
  | "uploadUrl"
  | "externalId"
  | "formerIds"
  | "publicUrl"
  | "failure"
  | "endedAt"
  | "cancelAskedAt"
  | "wantedText"
  | "wantedScheduledAt"
>;

/** No row: this account has its post of this confirmation already. */
export const addPost = statement<Values & NewRow>()("post_add", ({ query, tables: { posts: p }, at }) =>
  query
    .insert(p)
    .values({
      id: at("id"),
      handle: at("handle"),
      group: at("group"),
      userId: at("userId"),
      assetId: at("assetId"),
      accountId: at("accountId"),
      externalAccountId: at("externalAccountId"),
      accountName: at("accountName"),
      network: at("network"),
      text: at("text"),
      altText: at("altText"),
      media: at("media"),
      story: at("story"),
      isAiGenerated: at("isAiGenerated"),
      scheduledAt: at("scheduledAt"),
      zone: at("zone"),
      state: at("state"),
      dueAt: at("dueAt"),
      idempotencyKey: at("idempotencyKey"),
      requestId: at("requestId"),
      target: at("target"),
      community: at("community"),
      createdAt: at("createdAt"),
      listedAt: at("listedAt"),
    })
    .onConflictDoNothing({ target: [p.group, p.accountId] })
    .returning(),
);

/** The moment at which the next post is due; answers an idle tick from one entry of an index. */
export const nextDue = statement<Record<string, never>>()(
  "post_next_due",
  ({ query, tables: { posts: p } }) =>
    query.select({ dueAt: p.dueAt }).from(p).where(isNotNull(p.dueAt)).orderBy(asc(p.dueAt)).limit(1),
);

/** Rows that somebody else is taking are passed by. */
export const findDue = statement<{ now: number; limit: number }>()(
  "post_due",
  ({ query, tables: { posts: p }, at, as, dialect }) =>
    locking(
      dialect,
      query
        .select({ id: p.id })
        .from(p)
        .where(and(isNotNull(p.dueAt), sql`${p.dueAt} <= ${as(p.dueAt, "now")}`))
        .orderBy(asc(p.dueAt), asc(p.id))
        .limit(at("limit")),
      { skipLocked: true },
    ),
);

export const takePosts = statement<{ ids: string; holder: string; until: number }>()(
  "post_take",
  ({ query, tables: { posts: p }, at, as, dialect }) =>
    query
      .update(p)
      .set({
        epoch: sql`${p.epoch} + 1`,
        leasedBy: as(p.leasedBy, "holder"),
        dueAt: as(p.dueAt, "until"),
      })
      .where(isOneOf(dialect, p.id, at("ids")))
      .returning(),
);

export const releaseOthers = statement<{ holder: string; now: number }>()(
  "post_release",
  ({ query, tables: { posts: p }, as }) =>
    query
      .update(p)
      .set({ dueAt: as(p.dueAt, "now"), leasedBy: null, epoch: sql`${p.epoch} + 1` })
      .where(and(isNotNull(p.leasedBy), sql`${p.leasedBy} <> ${as(p.leasedBy, "holder")}`))
      .returning({ id: p.id }),
);

export const returnOwn = statement<{ holder: string; now: number }>()(
  "post_return",
  ({ query, tables: { posts: p }, at, as }) =>
    query
      .update(p)
      .set({ dueAt: as(p.dueAt, "now"), leasedBy: null, epoch: sql`${p.epoch} + 1` })
      .where(eq(p.leasedBy, at("holder")))
      .returning({ id: p.id }),
);

export const findPost = statement<{ id: PostId }>()("post_find", ({ query, tables: { posts: p }, at }) =>
  query
    .select()
    .from(p)
    .where(eq(p.id, at("id"))),
);

export const findByHandle = statement<{ handle: string }>()(
  "post_by_handle",
  ({ query, tables: { posts: p }, at }) =>
    query
      .select()
      .from(p)
      .where(eq(p.handle, at("handle"))),
);

export const postsOfGroup = statement<{ group: string }>()(
  "post_of_group",
  ({ query, tables: { posts: p }, at }) =>
    query
      .select()
      .from(p)
      .where(eq(p.group, at("group")))
      .orderBy(asc(p.network), asc(p.accountName), asc(p.id)),
);

export const postsOfAsset = statement<{ assetId: AssetId }>()(
  "post_of_asset",
  ({ query, tables: { posts: p }, at }) =>
    query
      .select()
      .from(p)
      .where(eq(p.assetId, at("assetId")))
      .orderBy(desc(p.listedAt), desc(p.id)),
);

/** `states`: the text of a JSON array. `from` counts, `to` does not any more. */
type Filter = { userId: UserId; states: string; from: number; to: number };

const matches = (
  p: Tables["posts"],
  at: <Name extends keyof Filter>(name: Name) => Placeholder<Name, Filter[Name]>,
  dialect: Parameters<typeof isOneOf>[0],
) =>
  and(
    eq(p.userId, at("userId")),
    gte(p.listedAt, at("from")),
    lt(p.listedAt, at("to")),
    isOneOf(dialect, p.state, at("states")),
  );

export const pageOfPosts = statement<Filter & { limit: number; offset: number }>()(
  "post_page",
  ({ query, tables: { posts: p }, at, dialect }) =>
    query
      .select()
      .from(p)
      .where(matches(p, at, dialect))
      .orderBy(desc(p.listedAt), desc(p.id))
      .limit(at("limit"))
      .offset(at("offset")),
);

export const countPosts = statement<Filter>()("post_count", ({ query, tables: { posts: p }, at, dialect }) =>
  query
    .select({ total: sql`count(*)`.mapWith(Number) })
    .from(p)
    .where(matches(p, at, dialect)),
);

export const undecidedPosts = statement<{ timed: number; atOnce: number; limit: number }>()(
  "post_undecided",
  ({ query, tables: { posts: p }, at, as }) =>
    query
      .select()
      .from(p)
      .where(
        and(
          eq(p.state, "waiting"),
          sql`(${p.scheduledAt} <= ${as(p.scheduledAt, "timed")} or (${p.scheduledAt} is null and ${p.createdAt} <= ${as(p.createdAt, "atOnce")}))`,
        ),
      )
      .orderBy(asc(p.createdAt), asc(p.id))
      .limit(at("limit")),
);

/** Of what will not come any more, the moment is free again. */
export const scheduledTimes = statement<{ accountId: AccountId; from: number }>()(
  "post_times",
  ({ query, tables: { posts: p }, at }) =>
    query
      .select({ scheduledAt: p.scheduledAt })
      .from(p)
      .where(
        and(
          eq(p.accountId, at("accountId")),
          gte(p.scheduledAt, at("from")),
          notInArray(p.state, ["failed", "cancelled", "rejected"]),
        ),
      )
      .orderBy(asc(p.scheduledAt)),
);

export const countDue = statement<Record<string, never>>()(
  "post_overview",
  ({ query, tables: { posts: p } }) =>
    query
      .select({ waiting: sql`count(*)`.mapWith(Number), oldestDue: sql`min(${p.dueAt})`.mapWith(Number) })
      .from(p)
      .where(isNotNull(p.dueAt)),
);

export const nudgeById = statement<{ id: PostId; now: number }>()(
  "post_nudge",
  ({ query, tables: { posts: p }, at, as }) =>
    query
      .update(p)
      .set({ dueAt: dueBy(p, as(p.dueAt, "now")) })
      .where(and(eq(p.id, at("id")), isIdleAtService(p)))
      .returning({ id: p.id }),
);

/** More than one: the service gave an identical post of before for a second one. */
export const nudgeByExternalId = statement<{ externalId: string; now: number }>()(
  "post_nudge_external",
  ({ query, tables: { posts: p }, at, as }) =>
    query
      .update(p)
      .set({ dueAt: dueBy(p, as(p.dueAt, "now")) })
      .where(and(eq(p.externalId, at("externalId")), isNotNull(p.externalId), isIdleAtService(p)))
      .returning({ id: p.id }),
);

/** Null: of every one. */
export const nudgeOf = statement<{ accountId: AccountId | null; userId: UserId | null; now: number }>()(
  "post_nudge_of",
  ({ query, tables: { posts: p }, as }) =>
    query
      .update(p)
      .set({ dueAt: dueBy(p, as(p.dueAt, "now")) })
      .where(
        and(
          inArray(p.state, ["confirmed", "scheduled"]),
          sql`${p.leasedBy} is null`,
          sql`${p.accountId} = coalesce(${as(p.accountId, "accountId")}, ${p.accountId})`,
          sql`${p.userId} = coalesce(${as(p.userId, "userId")}, ${p.userId})`,
        ),
      )
      .returning({ id: p.id }),
);

const isIdleAtService = (p: Tables["posts"]) =>
  and(inArray(p.state, ["scheduled", "publishing", "cancelling"]), sql`${p.leasedBy} is null`);

/** At `moment` at the latest; what is not due at all stays so. */
export const dueBy = (p: Tables["posts"], moment: SQL): SQL =>
  sql`case when ${p.dueAt} > ${moment} then ${moment} else ${p.dueAt} end`;
