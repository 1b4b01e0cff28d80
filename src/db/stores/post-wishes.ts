import { and, inArray, isNull, Param, type SQL, sql } from "drizzle-orm";
import type { PostStore, PostWish } from "../../core/ports/post-stores.ts";
import type { AccountId, Post, PostId } from "../../core/posts/post.ts";
import { type Database, Undone } from "../database.ts";
import { toPost } from "../post-rows.ts";
import { printable } from "../rows.ts";
import { statement } from "../statement.ts";
import { type End, ended, endOf, hasNotLeft, maker, type Posts, personsMove } from "./post-move.ts";

const becamePublic = personsMove<End>("post_became_public", ["failed"], ended("published"));
const reject = personsMove<End>("post_reject", ["waiting"], ended("rejected"));
const withdraw = personsMove<End>("post_withdraw", ["waiting", "confirmed"], ended("cancelled"), hasNotLeft);

/** The very one that was looked at: every change of a post raises its epoch. */
const approve = personsMove<{ epoch: number; atOnce: boolean; now: number }>(
  "post_approve",
  ["waiting"],
  (p, as) => ({
    state: "confirmed",
    dueAt: as(p.dueAt, "now"),
    firstTriedAt: as(p.firstTriedAt, "now"),
    scheduledAt: sql`case when ${as(p.isInDoubt, "atOnce")} then null else ${p.scheduledAt} end`,
  }),
  (p, as) => sql`${p.epoch} = ${as(p.epoch, "epoch")}`,
);

const beginCancel = personsMove<{ now: number }>(
  "post_begin_cancel",
  ["scheduled"],
  (p, as) => ({ state: "cancelling", cancelAskedAt: as(p.cancelAskedAt, "now"), dueAt: as(p.dueAt, "now") }),
  (p) => sql`${p.leasedBy} is null`,
);

/** Whoever is at work on it goes on, and finds it there when the work is done. */
const askCancel = statement<{ id: PostId; now: number }>()(
  "post_ask_cancel",
  ({ query, tables: { posts: p }, as }) =>
    query
      .update(p)
      .set({
        cancelAskedAt: sql`coalesce(${p.cancelAskedAt}, ${as(p.cancelAskedAt, "now")})`,
        dueAt: sql`case when ${p.leasedBy} is null then ${as(p.dueAt, "now")} else ${p.dueAt} end`,
      })
      .where(
        and(sql`${p.id} = ${as(p.id, "id")}`, inArray(p.state, ["confirmed", "handing_over", "scheduled"])),
      )
      .returning({ id: p.id }),
);

/** The same for all posts of an account, in one statement. */
const askCancelAll = statement<{ accountId: AccountId; now: number }>()(
  "post_ask_cancel_all",
  ({ query, tables: { posts: p }, as }) =>
    query
      .update(p)
      .set({
        state: sql`case when ${p.leasedBy} is null and ${p.state} = 'scheduled' then 'cancelling' else ${p.state} end`,
        cancelAskedAt: sql`coalesce(${p.cancelAskedAt}, ${as(p.cancelAskedAt, "now")})`,
        dueAt: sql`case when ${p.leasedBy} is null then ${as(p.dueAt, "now")} else ${p.dueAt} end`,
      })
      .where(
        and(
          sql`${p.accountId} = ${as(p.accountId, "accountId")}`,
          inArray(p.state, ["confirmed", "handing_over", "scheduled"]),
        ),
      )
      .returning({ id: p.id }),
);

type Change = { text: string | null; scheduledAt: number | null; zone: string | null };

/** What approvers have seen goes out like that, or not at all. */
const isApproved = (p: Posts): SQL => sql`(${p.community} is not null and ${p.state} <> 'waiting')`;

/** Null: as it was. What was brought to the service for one time may not be kept there until another one. */
const change = personsMove<Change & { now: number }>(
  "post_change",
  ["waiting", "confirmed"],
  (p, as) => ({
    text: sql`coalesce(${as(p.text, "text")}, ${p.text})`,
    scheduledAt: sql`coalesce(${as(p.scheduledAt, "scheduledAt")}, ${p.scheduledAt})`,
    listedAt: sql`coalesce(${as(p.listedAt, "scheduledAt")}, ${p.listedAt})`,
    zone: sql`coalesce(${as(p.zone, "zone")}, ${p.zone})`,
    uploadUrl: sql`case when coalesce(${as(p.scheduledAt, "scheduledAt")}, ${p.scheduledAt}) is not distinct from ${p.scheduledAt} then ${p.uploadUrl} else null end`,
    dueAt: sql`case when ${p.state} = 'confirmed' then ${as(p.dueAt, "now")} else ${p.dueAt} end`,
    leasedBy: null,
  }),
  (p) => sql`${hasNotLeft(p)} and not ${isApproved(p)}`,
);

/** Another text for one that has failed for certain: at the service it will be another post. */
const changeFailed = personsMove<{ epoch: number; text: string; formerIds: readonly string[] }>(
  "post_change_failed",
  ["failed"],
  (p, as) => ({
    text: as(p.text, "text"),
    externalId: null,
    formerIds: as(p.formerIds, "formerIds"),
  }),
  (p, as) =>
    sql`${p.epoch} = ${as(p.epoch, "epoch")} and ${p.isInDoubt} = ${new Param(false, p.isInDoubt)} and not ${isApproved(p)}`,
);

/** Held from then on by whoever asked. A look at it may be broken off, a change that is being asked for may not. */
const want = statement<Change & { id: PostId; holder: string; until: number }>()(
  "post_want",
  ({ query, tables: { posts: p }, as }) =>
    query
      .update(p)
      .set({
        wantedText: sql`coalesce(${as(p.wantedText, "text")}, ${p.wantedText})`,
        wantedScheduledAt: sql`coalesce(${as(p.wantedScheduledAt, "scheduledAt")}, ${p.wantedScheduledAt})`,
        zone: sql`coalesce(${as(p.zone, "zone")}, ${p.zone})`,
        epoch: sql`${p.epoch} + 1`,
        leasedBy: as(p.leasedBy, "holder"),
        dueAt: as(p.dueAt, "until"),
      })
      .where(
        and(
          sql`${p.id} = ${as(p.id, "id")}`,
          sql`${p.state} = 'scheduled'`,
          isNull(p.cancelAskedAt),
          sql`not ${isApproved(p)}`,
          sql`(${p.leasedBy} is null or (${p.wantedText} is null and ${p.wantedScheduledAt} is null))`,
        ),
      )
      .returning(),
);

/** With a day of its own from now on: the service may have forgotten the post of the first time, and its file. */
const tryAgain = personsMove<{ idempotencyKey: string; requestId: string; now: number; fileSince: number }>(
  "post_try_again",
  ["failed"],
  (p, as) => ({
    state: "confirmed",
    idempotencyKey: as(p.idempotencyKey, "idempotencyKey"),
    requestId: as(p.requestId, "requestId"),
    dueAt: as(p.dueAt, "now"),
    uploadUrl: sql`case when ${p.lastTriedAt} < ${as(p.lastTriedAt, "fileSince")} then null else ${p.uploadUrl} end`,
    tries: 0,
    firstTriedAt: as(p.firstTriedAt, "now"),
    lastTriedAt: null,
    cancelAskedAt: null,
    publicUrl: null,
    failure: null,
    endedAt: null,
  }),
);

type Wishes = Pick<
  PostStore,
  | "approve"
  | "withdraw"
  | "askCancel"
  | "becamePublic"
  | "askCancelAll"
  | "change"
  | "changeFailed"
  | "want"
  | "tryAgain"
>;

/** What people do with a post after it was written, its author and approvers; see `PostStore`. */
export function createPostWishes(database: Database): Wishes {
  const made = maker(database);
  return {
    approve: ({ id, epoch }, { atOnce, ...owed }) =>
      made((session) => approve(session, { id, epoch, atOnce, now: owed.now }), owed),
    withdraw: (id, ending) => {
      const leave = { rejected: reject, cancelled: withdraw, published: null, failed: null }[ending.state];
      if (leave === null) return Promise.resolve(false);
      return made((session) => leave(session, { id, ...endOf(ending) }), ending);
    },
    askCancel: (id, now) =>
      made(async (session) => {
        const begun = await beginCancel(session, { id, now });
        return begun.length > 0 ? begun : askCancel(session, { id, now });
      }),
    becamePublic: (id, ending) => made((session) => becamePublic(session, { id, ...endOf(ending) }), ending),
    askCancelAll: (accountId, now) =>
      database.write(async (session) => void (await askCancelAll(session, { accountId, now }))),
    change: (id, wanted, now, deliveries = []) =>
      made((session) => change(session, { id, now, ...changeOf(wanted) }), { deliveries, now }),
    changeFailed: ({ id, epoch }, { text, formerIds }) =>
      made((session) => changeFailed(session, { id, epoch, formerIds, text: printable(text) })),
    want: (id, wanted, holder, until) =>
      database.write<Post | null>(async (session) => {
        const [row] = await want(session, { id, holder, until, ...changeOf(wanted) });
        return row === undefined ? new Undone(null) : toPost(row);
      }),
    tryAgain: (id, { idempotencyKey, requestId }, now, fileSince) =>
      made((session) => tryAgain(session, { id, idempotencyKey, requestId, now, fileSince })),
  };
}

function changeOf({ text, scheduledAt, zone }: PostWish): Change {
  return {
    text: text === undefined ? null : printable(text),
    scheduledAt: scheduledAt ?? null,
    zone: zone ?? null,
  };
}
