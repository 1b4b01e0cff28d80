import { and, inArray, isNotNull, isNull, Param, type SQL, sql } from "drizzle-orm";
import type { HeldPost, PostEnding, PostStore, PostWish } from "../../core/ports/post-stores.ts";
import type { PostFailure } from "../../core/ports/publisher.ts";
import type { AccountId, Post, PostId, PostState } from "../../core/posts/post.ts";
import { type Database, Undone } from "../database.ts";
import { toPost } from "../post-rows.ts";
import { printable } from "../rows.ts";
import type { Tables } from "../schema.ts";
import { type Session, type Statement, statement, type Values } from "../statement.ts";
import { addDelivery } from "./delivery-statements.ts";

type Posts = Tables["posts"];
type Changes = { [Column in keyof Posts["$inferInsert"]]?: Posts["$inferInsert"][Column] | SQL };
type As<Extra> = (column: Posts[keyof Posts["$inferSelect"]], name: keyof Extra & string) => SQL;
type Moved = readonly { readonly id: PostId }[];

/**
 * A move by who holds the lease: a compare-and-set on the epoch and the states it may come from. No row: it is
 * somebody else's, or already somewhere else.
 */
function heldMove<Extra extends Values>(
  name: string,
  from: readonly PostState[],
  changes: (posts: Posts, as: As<Extra>) => Changes,
): Statement<Extra & { id: PostId; epoch: number }, Moved> {
  return statement<Extra & { id: PostId; epoch: number }>()(name, ({ query, tables: { posts: p }, as }) =>
    query
      .update(p)
      .set(changes(p, as))
      .where(
        and(
          sql`${p.id} = ${as(p.id, "id")}`,
          sql`${p.epoch} = ${as(p.epoch, "epoch")}`,
          inArray(p.state, [...from]),
          isNotNull(p.leasedBy),
        ),
      )
      .returning({ id: p.id }),
  );
}

/** A move by a person. The epoch rises: whoever was at work on it writes nothing more. */
function personsMove<Extra extends Values>(
  name: string,
  from: readonly PostState[],
  changes: (posts: Posts, as: As<Extra>) => Changes,
  condition?: (posts: Posts, as: As<Extra>) => SQL,
): Statement<Extra & { id: PostId }, Moved> {
  return statement<Extra & { id: PostId }>()(name, ({ query, tables: { posts: p }, as }) =>
    query
      .update(p)
      .set({ ...changes(p, as), epoch: sql`${p.epoch} + 1` })
      .where(and(sql`${p.id} = ${as(p.id, "id")}`, inArray(p.state, [...from]), condition?.(p, as)))
      .returning({ id: p.id }),
  );
}

/** Nothing of it has left and nothing can: `beginHandOver` is refused to whoever is at work on it. */
const hasNotLeft = (p: Posts): SQL =>
  sql`${p.tries} = 0 and ${p.externalId} is null and ${p.isInDoubt} = ${new Param(false, p.isInDoubt)}`;

/** What its author wants back, where the service keeps it: asked for as soon as whoever is at work puts it down. */
const kept = (p: Posts): SQL =>
  sql`case when ${p.cancelAskedAt} is null then 'scheduled' else 'cancelling' end`;
const dueKept = (p: Posts, dueAt: SQL): SQL =>
  sql`case when ${p.cancelAskedAt} < ${dueAt} then ${p.cancelAskedAt} else ${dueAt} end`;

const renew = heldMove<{ until: number }>(
  "post_renew",
  ["confirmed", "handing_over", "scheduled", "publishing", "cancelling"],
  (p, as) => ({ dueAt: as(p.dueAt, "until") }),
);

const uploaded = heldMove<{ uploadUrl: string }>("post_uploaded", ["confirmed", "handing_over"], (p, as) => ({
  uploadUrl: sql`coalesce(${p.uploadUrl}, ${as(p.uploadUrl, "uploadUrl")})`,
}));

const beginHandOver = heldMove<{ requestId: string; now: number }>(
  "post_begin_hand_over",
  ["confirmed", "handing_over"],
  (p, as) => ({
    state: "handing_over",
    isInDoubt: true,
    requestId: as(p.requestId, "requestId"),
    tries: sql`${p.tries} + 1`,
    firstTriedAt: sql`coalesce(${p.firstTriedAt}, ${as(p.firstTriedAt, "now")})`,
    lastTriedAt: as(p.lastTriedAt, "now"),
  }),
);

type HandedOver = { externalId: string; dueAt: number };
const handedOverAs = {
  scheduled: heldMove<HandedOver>("post_handed_over_scheduled", ["handing_over"], (p, as) => ({
    state: kept(p),
    externalId: as(p.externalId, "externalId"),
    dueAt: dueKept(p, as(p.dueAt, "dueAt")),
    isInDoubt: false,
    leasedBy: null,
  })),
  publishing: heldMove<HandedOver>("post_handed_over_publishing", ["handing_over"], (p, as) => ({
    state: "publishing",
    externalId: as(p.externalId, "externalId"),
    dueAt: as(p.dueAt, "dueAt"),
    isInDoubt: false,
    leasedBy: null,
  })),
};

type Later = { dueAt: number; isCertain: boolean };
/** For whoever knew that its author wants it back, and where that changes nothing of the state. */
const later = heldMove<Later>(
  "post_later",
  ["confirmed", "handing_over", "publishing", "cancelling"],
  (p, as) => ({
    dueAt: as(p.dueAt, "dueAt"),
    isInDoubt: sql`${p.isInDoubt} and not ${as(p.isInDoubt, "isCertain")}`,
    leasedBy: null,
  }),
);
/** For whoever took it before its author wanted it back. */
const laterUnaware = heldMove<Later>(
  "post_later_unaware",
  ["confirmed", "handing_over", "scheduled", "publishing", "cancelling"],
  (p, as) => ({
    state: sql`case when ${p.state} = 'scheduled' then ${kept(p)} else ${p.state} end`,
    dueAt: sql`case when ${p.state} in ('handing_over', 'scheduled') then ${dueKept(p, as(p.dueAt, "dueAt"))} else ${as(p.dueAt, "dueAt")} end`,
    isInDoubt: sql`${p.isInDoubt} and not ${as(p.isInDoubt, "isCertain")}`,
    leasedBy: null,
  }),
);

const rise = heldMove<{ dueAt: number }>("post_rise", ["scheduled", "cancelling", "publishing"], (p, as) => ({
  state: "publishing",
  dueAt: as(p.dueAt, "dueAt"),
  leasedBy: null,
}));

const noWish = { wantedText: null, wantedScheduledAt: null } as const;
const asWanted = (p: Posts): Changes => ({
  text: sql`coalesce(${p.wantedText}, ${p.text})`,
  scheduledAt: sql`coalesce(${p.wantedScheduledAt}, ${p.scheduledAt})`,
  listedAt: sql`coalesce(${p.wantedScheduledAt}, ${p.listedAt})`,
  ...noWish,
});

const changeTaken = heldMove<{ dueAt: number }>("post_change_taken", ["scheduled"], (p, as) => ({
  ...asWanted(p),
  state: kept(p),
  dueAt: dueKept(p, as(p.dueAt, "dueAt")),
  leasedBy: null,
}));

const changeRefused = heldMove<{ dueAt: number }>("post_change_refused", ["scheduled"], (p, as) => ({
  ...noWish,
  state: kept(p),
  dueAt: dueKept(p, as(p.dueAt, "dueAt")),
  leasedBy: null,
}));

/** With keys and a file of its own: at the service it will be another post. */
const takenBack = heldMove<{
  idempotencyKey: string;
  requestId: string;
  formerIds: readonly string[];
  now: number;
}>("post_taken_back", ["scheduled"], (p, as) => ({
  ...asWanted(p),
  state: "confirmed",
  idempotencyKey: as(p.idempotencyKey, "idempotencyKey"),
  requestId: as(p.requestId, "requestId"),
  formerIds: as(p.formerIds, "formerIds"),
  dueAt: as(p.dueAt, "now"),
  tries: 0,
  firstTriedAt: null,
  lastTriedAt: null,
  isInDoubt: false,
  uploadUrl: null,
  externalId: null,
  leasedBy: null,
}));

/** Nothing of it is at the service any more: with keys and a file of its own it will be another post there. */
const startAnew = heldMove<{ formerIds: readonly string[] }>(
  "post_start_anew",
  ["confirmed", "handing_over"],
  (p, as) => ({
    externalId: null,
    formerIds: as(p.formerIds, "formerIds"),
    uploadUrl: null,
    isInDoubt: false,
  }),
);

type End = {
  publicUrl: string | null;
  externalId: string | null;
  failure: PostFailure | null;
  isCertain: boolean;
  now: number;
};
/** What is known already of the service's side stays where the ending does not say it. */
const ended =
  (state: PostEnding["state"]) =>
  (p: Posts, as: As<End>): Changes => ({
    state,
    publicUrl: sql`coalesce(${as(p.publicUrl, "publicUrl")}, ${p.publicUrl})`,
    externalId: sql`coalesce(${as(p.externalId, "externalId")}, ${p.externalId})`,
    failure: as(p.failure, "failure"),
    isInDoubt: sql`${p.isInDoubt} and not ${as(p.isInDoubt, "isCertain")}`,
    endedAt: as(p.endedAt, "now"),
    dueAt: null,
    leasedBy: null,
    ...noWish,
  });

/** From where each ending may come, by a post that is held. Cancelled it can be at the service by others than us. */
const endAs = {
  published: heldMove<End>(
    "post_end_published",
    ["handing_over", "scheduled", "publishing"],
    ended("published"),
  ),
  failed: heldMove<End>(
    "post_end_failed",
    ["confirmed", "handing_over", "scheduled", "publishing"],
    ended("failed"),
  ),
  cancelled: heldMove<End>(
    "post_end_cancelled",
    ["confirmed", "handing_over", "scheduled", "publishing", "cancelling"],
    ended("cancelled"),
  ),
};

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

type Moves = Pick<
  PostStore,
  | "renew"
  | "uploaded"
  | "beginHandOver"
  | "handedOver"
  | "later"
  | "settleChange"
  | "takenBack"
  | "startAnew"
  | "end"
  | "approve"
  | "withdraw"
  | "askCancel"
  | "askCancelAll"
  | "becamePublic"
  | "change"
  | "changeFailed"
  | "want"
  | "tryAgain"
>;

/** The moves of a post after it was written; see `PostStore`. */
export function createPostMoves(database: Database): Moves {
  function made(
    move: (session: Session) => Moved | Promise<Moved>,
    owed?: Pick<PostEnding, "deliveries" | "now">,
  ): Promise<boolean> {
    return database.write(async (session) => {
      if ((await move(session)).length === 0) return new Undone(false);
      for (const delivery of owed?.deliveries ?? []) await addDelivery(session, delivery, owed?.now ?? 0);
      return true;
    });
  }

  return {
    renew: (held, until) => made((session) => renew(session, { ...idOf(held), until })),
    uploaded: (held, uploadUrl) => made((session) => uploaded(session, { ...idOf(held), uploadUrl })),
    beginHandOver: (held, requestId, now) =>
      made((session) => beginHandOver(session, { ...idOf(held), requestId, now })),
    handedOver: (held, { state, externalId, dueAt }) =>
      made((session) => handedOverAs[state](session, { ...idOf(held), externalId, dueAt })),
    later: (held, { dueAt, state, isCertain = false }) =>
      made((session) => {
        if (state !== undefined) return rise(session, { ...idOf(held), dueAt });
        const put = held.cancelAskedAt === null ? laterUnaware : later;
        return put(session, { ...idOf(held), dueAt, isCertain });
      }),
    settleChange: (held, { isTaken, dueAt, ...owed }) =>
      made((session) => (isTaken ? changeTaken : changeRefused)(session, { ...idOf(held), dueAt }), owed),
    takenBack: (held, { idempotencyKey, requestId, formerIds, ...owed }) =>
      made(
        (session) =>
          takenBack(session, { ...idOf(held), idempotencyKey, requestId, formerIds, now: owed.now }),
        owed,
      ),
    startAnew: (held, formerIds) => made((session) => startAnew(session, { ...idOf(held), formerIds })),
    end: (held, ending) => {
      const { state } = ending;
      // Nobody holds what waits for an approver.
      if (state === "rejected") return Promise.resolve(false);
      return made((session) => endAs[state](session, { ...idOf(held), ...endOf(ending) }), ending);
    },

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

/** Callers hand over whole posts. */
function idOf({ id, epoch }: HeldPost): { readonly id: PostId; readonly epoch: number } {
  return { id, epoch };
}

function changeOf({ text, scheduledAt, zone }: PostWish): Change {
  return {
    text: text === undefined ? null : printable(text),
    scheduledAt: scheduledAt ?? null,
    zone: zone ?? null,
  };
}

function endOf({ publicUrl, externalId, failure, isCertain = false, now }: PostEnding): End {
  return { publicUrl, externalId, failure, isCertain, now };
}
