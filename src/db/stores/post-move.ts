import { and, inArray, isNotNull, Param, type SQL, sql } from "drizzle-orm";
import type { HeldPost, PostEnding } from "../../core/ports/post-stores.ts";
import type { PostFailure } from "../../core/ports/publisher.ts";
import type { PostId, PostState } from "../../core/posts/post.ts";
import { type Database, Undone } from "../database.ts";
import type { Tables } from "../schema.ts";
import { type Session, type Statement, statement, type Values } from "../statement.ts";
import { addDelivery } from "./delivery-statements.ts";

/** What the moves of a post have in common: each is one compare-and-set. */

export type Posts = Tables["posts"];
export type Changes = { [Column in keyof Posts["$inferInsert"]]?: Posts["$inferInsert"][Column] | SQL };
export type As<Extra> = (column: Posts[keyof Posts["$inferSelect"]], name: keyof Extra & string) => SQL;
export type Moved = readonly { readonly id: PostId }[];

/**
 * A move by who holds the lease: a compare-and-set on the epoch and the states it may come from. No row: it is
 * somebody else's, or already somewhere else.
 */
export function heldMove<Extra extends Values>(
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
export function personsMove<Extra extends Values>(
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
export const hasNotLeft = (p: Posts): SQL =>
  sql`${p.tries} = 0 and ${p.externalId} is null and ${p.isInDoubt} = ${new Param(false, p.isInDoubt)}`;

/** What its author wants back, where the service keeps it: asked for as soon as whoever is at work puts it down. */
export const kept = (p: Posts): SQL =>
  sql`case when ${p.cancelAskedAt} is null then 'scheduled' else 'cancelling' end`;
export const dueKept = (p: Posts, dueAt: SQL): SQL =>
  sql`case when ${p.cancelAskedAt} < ${dueAt} then ${p.cancelAskedAt} else ${dueAt} end`;

export const noWish = { wantedText: null, wantedScheduledAt: null } as const;

export type End = {
  publicUrl: string | null;
  externalId: string | null;
  failure: PostFailure | null;
  isCertain: boolean;
  now: number;
};
/** What is known already of the service's side stays where the ending does not say it. */
export const ended =
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

export function endOf({ publicUrl, externalId, failure, isCertain = false, now }: PostEnding): End {
  return { publicUrl, externalId, failure, isCertain, now };
}

/** Callers hand over whole posts. */
export function idOf({ id, epoch }: HeldPost): { readonly id: PostId; readonly epoch: number } {
  return { id, epoch };
}

export type Owed = Pick<PostEnding, "deliveries" | "now">;
export type Make = (move: (session: Session) => Moved | Promise<Moved>, owed?: Owed) => Promise<boolean>;

/** One move in one transaction, with the messages that it owes. False: nothing was moved, and nothing is owed. */
export function maker(database: Database): Make {
  return (move, owed) =>
    database.write(async (session) => {
      if ((await move(session)).length === 0) return new Undone(false);
      for (const delivery of owed?.deliveries ?? []) await addDelivery(session, delivery, owed?.now ?? 0);
      return true;
    });
}
