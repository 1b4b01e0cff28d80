import { and, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { HeldPost, PostEnding, PostStore } from "../../core/ports/post-stores.ts";
import type { PostFailure } from "../../core/ports/publisher.ts";
import type { PostId, PostState } from "../../core/posts/post.ts";
import { type Database, Undone } from "../database.ts";
import { printable } from "../rows.ts";
import type { Tables } from "../schema.ts";
import { type Session, type Statement, statement, type Values } from "../statement.ts";
import { addDelivery } from "./delivery-statements.ts";
import { dueBy } from "./post-statements.ts";

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

/** A move by a person, while nobody is at work on it. The epoch rises: whoever was, writes nothing more. */
function freeMove<Extra extends Values>(
  name: string,
  from: readonly PostState[],
  changes: (posts: Posts, as: As<Extra>) => Changes,
  condition?: (posts: Posts) => SQL,
): Statement<Extra & { id: PostId }, Moved> {
  return statement<Extra & { id: PostId }>()(name, ({ query, tables: { posts: p }, as }) =>
    query
      .update(p)
      .set({ ...changes(p, as), epoch: sql`${p.epoch} + 1` })
      .where(
        and(
          sql`${p.id} = ${as(p.id, "id")}`,
          inArray(p.state, [...from]),
          isNull(p.leasedBy),
          condition?.(p),
        ),
      )
      .returning({ id: p.id }),
  );
}

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
    requestId: as(p.requestId, "requestId"),
    tries: sql`${p.tries} + 1`,
    firstTriedAt: sql`coalesce(${p.firstTriedAt}, ${as(p.firstTriedAt, "now")})`,
    lastTriedAt: as(p.lastTriedAt, "now"),
  }),
);

const handedOver = heldMove<{ state: PostState; externalId: string; dueAt: number }>(
  "post_handed_over",
  ["handing_over"],
  (p, as) => ({
    state: as(p.state, "state"),
    externalId: as(p.externalId, "externalId"),
    dueAt: as(p.dueAt, "dueAt"),
    leasedBy: null,
  }),
);

const later = heldMove<{ dueAt: number }>(
  "post_later",
  ["confirmed", "handing_over", "scheduled", "publishing", "cancelling"],
  (p, as) => ({ dueAt: as(p.dueAt, "dueAt"), leasedBy: null }),
);

const rise = heldMove<{ dueAt: number }>("post_rise", ["scheduled", "cancelling", "publishing"], (p, as) => ({
  state: "publishing",
  dueAt: as(p.dueAt, "dueAt"),
  leasedBy: null,
}));

type End = { publicUrl: string | null; externalId: string | null; failure: PostFailure | null; now: number };
/** What is known already of the service's side stays where the ending does not say it. */
const ended =
  (state: PostEnding["state"]) =>
  (p: Posts, as: As<End>): Changes => ({
    state,
    publicUrl: sql`coalesce(${as(p.publicUrl, "publicUrl")}, ${p.publicUrl})`,
    externalId: sql`coalesce(${as(p.externalId, "externalId")}, ${p.externalId})`,
    failure: as(p.failure, "failure"),
    endedAt: as(p.endedAt, "now"),
    dueAt: null,
    leasedBy: null,
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
    ["handing_over", "scheduled", "publishing", "cancelling"],
    ended("cancelled"),
  ),
};

const reject = freeMove<End>("post_reject", ["waiting"], ended("rejected"));
const withdraw = freeMove<End>(
  "post_withdraw",
  ["waiting", "confirmed"],
  ended("cancelled"),
  (p) => sql`${p.tries} = 0`,
);

const approve = freeMove<{ now: number }>("post_approve", ["waiting"], (p, as) => ({
  state: "confirmed",
  dueAt: as(p.dueAt, "now"),
  firstTriedAt: as(p.firstTriedAt, "now"),
}));

const beginCancel = freeMove<{ now: number }>("post_begin_cancel", ["scheduled"], (p, as) => ({
  state: "cancelling",
  dueAt: as(p.dueAt, "now"),
}));

/** Null: as it was. */
const change = freeMove<{ text: string | null; scheduledAt: number | null }>(
  "post_change",
  ["waiting", "scheduled"],
  (p, as) => ({
    text: sql`coalesce(${as(p.text, "text")}, ${p.text})`,
    scheduledAt: sql`coalesce(${as(p.scheduledAt, "scheduledAt")}, ${p.scheduledAt})`,
    listedAt: sql`coalesce(${as(p.listedAt, "scheduledAt")}, ${p.listedAt})`,
    dueAt: dueBy(p, as(p.dueAt, "scheduledAt")),
  }),
);

/** With a day of its own from now on: the service may have forgotten the post of the first time. */
const tryAgain = freeMove<{ idempotencyKey: string; requestId: string; now: number }>(
  "post_try_again",
  ["failed"],
  (p, as) => ({
    state: "confirmed",
    idempotencyKey: as(p.idempotencyKey, "idempotencyKey"),
    requestId: as(p.requestId, "requestId"),
    dueAt: as(p.dueAt, "now"),
    tries: 0,
    firstTriedAt: as(p.firstTriedAt, "now"),
    lastTriedAt: null,
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
  | "end"
  | "approve"
  | "withdraw"
  | "beginCancel"
  | "change"
  | "tryAgain"
>;

/** The moves of a post after it was written; see `PostStore`. */
export function createPostMoves(database: Database): Moves {
  function made(move: (session: Session) => Moved | Promise<Moved>, ending?: PostEnding): Promise<boolean> {
    return database.write(async (session) => {
      if ((await move(session)).length === 0) return new Undone(false);
      for (const delivery of ending?.deliveries ?? []) await addDelivery(session, delivery, ending?.now ?? 0);
      return true;
    });
  }

  return {
    renew: (held, until) => made((session) => renew(session, { ...idOf(held), until })),
    uploaded: (held, uploadUrl) => made((session) => uploaded(session, { ...idOf(held), uploadUrl })),
    beginHandOver: (held, requestId, now) =>
      made((session) => beginHandOver(session, { ...idOf(held), requestId, now })),
    handedOver: (held, { state, externalId, dueAt }) =>
      made((session) => handedOver(session, { ...idOf(held), state, externalId, dueAt })),
    later: (held, { dueAt, state }) =>
      made((session) => (state === undefined ? later : rise)(session, { ...idOf(held), dueAt })),
    end: (held, ending) => {
      const { state } = ending;
      // Nobody holds what waits for an approver.
      if (state === "rejected") return Promise.resolve(false);
      return made((session) => endAs[state](session, { ...idOf(held), ...endOf(ending) }), ending);
    },

    approve: (id, now) => made((session) => approve(session, { id, now })),
    withdraw: (id, ending) => {
      const leave = { rejected: reject, cancelled: withdraw, published: null, failed: null }[ending.state];
      if (leave === null) return Promise.resolve(false);
      return made((session) => leave(session, { id, ...endOf(ending) }), ending);
    },
    beginCancel: (id, now) => made((session) => beginCancel(session, { id, now })),
    change: (id, { text, scheduledAt }) =>
      made((session) =>
        change(session, {
          id,
          text: text === undefined ? null : printable(text),
          scheduledAt: scheduledAt ?? null,
        }),
      ),
    tryAgain: (id, { idempotencyKey, requestId }, now) =>
      made((session) => tryAgain(session, { id, idempotencyKey, requestId, now })),
  };
}

/** Callers hand over whole posts. */
function idOf({ id, epoch }: HeldPost): HeldPost & Values {
  return { id, epoch };
}

function endOf({ publicUrl, externalId, failure, now }: PostEnding): End {
  return { publicUrl, externalId, failure, now };
}
