import { and, eq, isNotNull, ne, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { NewDelivery } from "../../core/delivery/delivery.ts";
import type { AssetId, BatchId, DeliveryId, Platform } from "../../core/identifiers.ts";
import type { Tables } from "../schema.ts";
import { isOneOf, type Session, statement } from "../statement.ts";

/** The condition of the partial indexes on what is still owed; repeated by every query that uses one. */
const OPEN = sql`state in ('new', 'sending')`;

type NewRow = Omit<NewDelivery, "target" | "reply"> & {
  target: unknown;
  reply: unknown;
  platform: Platform;
  chatKey: string;
  now: number;
};

const insert = statement<NewRow>()("delivery_add", ({ query, tables: t, at }) =>
  query
    .insert(t.deliveries)
    .values({
      id: at("id"),
      kind: at("kind"),
      dedupeKey: at("dedupeKey"),
      userId: at("userId"),
      batchId: at("batchId"),
      assetId: at("assetId"),
      platform: at("platform"),
      chatKey: sql`${at("chatKey")}`,
      target: at("target"),
      lane: at("lane"),
      reply: at("reply"),
      state: "new",
      dueAt: at("dueAt"),
      createdAt: at("now"),
    })
    .onConflictDoNothing({ target: t.deliveries.dedupeKey }),
);

/** Writes what is owed; one that is there already (by its key) is left as it is. */
export async function addDelivery(session: Session, delivery: NewDelivery, now: number): Promise<void> {
  const { platform, chatKey } = delivery.target;
  await insert(session, { ...delivery, platform, chatKey, now });
}

export const hurry = statement<{ dedupeKey: string; now: number }>()(
  "delivery_hurry",
  ({ query, tables: t, at, as }) =>
    query
      .update(t.deliveries)
      .set({ dueAt: as(t.deliveries.dueAt, "now") })
      .where(
        and(
          eq(t.deliveries.dedupeKey, at("dedupeKey")),
          sql`${t.deliveries.state} = 'new'`,
          sql`${t.deliveries.tries} = 0`,
        ),
      )
      .returning({ id: t.deliveries.id }),
);

/**
 * The status message of a batch is to be edited: its version rises, and where it stands already it is due again. One
 * that is on its way now goes round again when it comes back with an older version.
 */
export const touchStatus = statement<{ batchId: BatchId; dueAt: number }>()(
  "delivery_touch_status",
  ({ query, tables: t, at, as }) =>
    query
      .update(t.deliveries)
      .set({
        version: sql`${t.deliveries.version} + 1`,
        state: sql`case when ${t.deliveries.state} = 'sent' then 'new' else ${t.deliveries.state} end`,
        dueAt: sql`case when ${t.deliveries.state} = 'sent' then ${as(t.deliveries.dueAt, "dueAt")} else ${t.deliveries.dueAt} end`,
      })
      .where(
        and(
          sql`kind = 'status'`,
          eq(t.deliveries.batchId, at("batchId")),
          ne(t.deliveries.state, "undeliverable"),
        ),
      ),
);

/** What was tried more often than this (some minutes) is passed by the rest of its chat. */
const PATIENCE_TRIES = 6;

/** The first in line of a lane, and whether it may go now. */
export interface First {
  readonly sequence: number;
  readonly isDue: boolean;
}

/**
 * One row a chat with its open deliveries: how many, whether one is on its way, and who is first in line by sequence:
 * in each lane among those never sent, and among the edits that are due. An edit (of a status message that stands
 * already) neither holds up the line nor waits in it, nor does what was tried in vain for long. Answered from one
 * index.
 */
export const linesOf = statement<{ platform: Platform; now: number }>()(
  "delivery_lines",
  ({ query, tables: t, at, as }) => {
    const d = t.deliveries;
    const now = as(d.dueAt, "now");
    const isUnsent = sql`(${d.sentAt} is null and ${d.tries} <= ${sql.raw(String(PATIENCE_TRIES))})`;
    const isDue = sql`${d.dueAt} <= ${now}`;
    // Twice the sequence, plus one where it is not due: the smallest tells both.
    const first = (condition: SQL) =>
      sql<First | null>`min(case when ${condition} then ${d.sequence} * 2 + case when ${isDue} then 0 else 1 end end)`.mapWith(
        toFirst,
      );
    return query
      .select({
        chatKey: d.chatKey,
        count: sql`count(*)`.mapWith(Number),
        sending: sql`sum(case when ${d.state} = 'sending' and ${d.dueAt} > ${now} then 1 else 0 end)`.mapWith(
          Number,
        ),
        interactive: first(sql`${isUnsent} and ${d.lane} = 'interactive'`),
        backlog: first(sql`${isUnsent} and ${d.lane} = 'backlog'`),
        interactiveEdit: first(sql`not (${isUnsent}) and ${isDue} and ${d.lane} = 'interactive'`),
        backlogEdit: first(sql`not (${isUnsent}) and ${isDue} and ${d.lane} = 'backlog'`),
      })
      .from(d)
      .where(and(OPEN, eq(d.platform, at("platform"))))
      .groupBy(d.chatKey);
  },
);

function toFirst(value: unknown): First | null {
  if (value === null) return null;
  const doubled = Number(value);
  return { sequence: Math.floor(doubled / 2), isDue: doubled % 2 === 0 };
}

function optionalNumber(value: unknown): number | null {
  return value === null ? null : Number(value);
}

/** What tells whether a row is still the one that was read before. */
export const stampsOf = statement<{ sequences: string }>()(
  "delivery_stamps",
  ({ query, tables: t, at, dialect }) =>
    query
      .select({
        sequence: t.deliveries.sequence,
        epoch: t.deliveries.epoch,
        version: t.deliveries.version,
        state: t.deliveries.state,
      })
      .from(t.deliveries)
      .where(isOneOf(dialect, t.deliveries.sequence, at("sequences"), "number")),
);

export const bySequence = statement<{ sequences: string }>()(
  "delivery_by_sequence",
  ({ query, tables: t, at, dialect }) =>
    query
      .select()
      .from(t.deliveries)
      .where(isOneOf(dialect, t.deliveries.sequence, at("sequences"), "number")),
);

export const nextDue = statement<{ platform: Platform }>()("delivery_next_due", ({ query, tables: t, at }) =>
  query
    .select({ dueAt: t.deliveries.dueAt })
    .from(t.deliveries)
    .where(and(OPEN, eq(t.deliveries.platform, at("platform"))))
    .orderBy(t.deliveries.dueAt)
    .limit(1),
);

export const beginSending = statement<{ id: DeliveryId; holder: string; now: number; until: number }>()(
  "delivery_begin",
  ({ query, tables: t, at, as }) => {
    const d = t.deliveries;
    return query
      .update(d)
      .set({
        state: "sending",
        epoch: sql`${d.epoch} + 1`,
        leasedBy: as(d.leasedBy, "holder"),
        dueAt: as(d.dueAt, "until"),
        tries: sql`${d.tries} + 1`,
        firstTriedAt: sql`coalesce(${d.firstTriedAt}, ${as(d.firstTriedAt, "now")})`,
      })
      .where(and(eq(d.id, at("id")), OPEN, sql`${d.dueAt} <= ${as(d.dueAt, "now")}`))
      .returning();
  },
);

/** A delivery in the hands of the one who began to send it. */
const isHeld = (d: Tables["deliveries"], as: (column: PgColumn, name: "id" | "epoch") => SQL) =>
  sql`${d.id} = ${as(d.id, "id")} and ${d.epoch} = ${as(d.epoch, "epoch")} and ${d.state} = 'sending'`;

type HeldValues = { id: DeliveryId; epoch: number };

export const endSending = statement<
  HeldValues & { ref: unknown; now: number; version: number; dueAt: number }
>()("delivery_sent", ({ query, tables: t, as }) => {
  const d = t.deliveries;
  const hasChanged = sql`${d.version} > ${as(d.version, "version")}`;
  return query
    .update(d)
    .set({
      state: sql`case when ${hasChanged} then 'new' else 'sent' end`,
      dueAt: sql`case when ${hasChanged} then ${as(d.dueAt, "dueAt")} else ${d.dueAt} end`,
      lane: sql`case when ${d.kind} = 'status' then 'backlog' else ${d.lane} end`,
      // It stands in the chat now. What it said may be a link to sign in with, or words of somebody who deletes them.
      reply: sql`case when ${d.kind} = 'reply' and not ${hasChanged} then null else ${d.reply} end`,
      ref: as(d.ref, "ref"),
      sentAt: as(d.sentAt, "now"),
      leasedBy: null,
      tries: 0,
      firstTriedAt: null,
    })
    .where(isHeld(d, as));
});

/** `counts` 0 takes the try back: nothing went out. */
export const sendAgain = statement<
  HeldValues & { dueAt: number; ref: unknown; rung: number | null; counts: number }
>()("delivery_again", ({ query, tables: t, as }) => {
  const d = t.deliveries;
  const tries = sql`${d.tries} - 1 + ${as(d.tries, "counts")}`;
  return query
    .update(d)
    .set({
      state: "new",
      dueAt: as(d.dueAt, "dueAt"),
      ref: sql`coalesce(${as(d.ref, "ref")}, ${d.ref})`,
      rung: sql`coalesce(${as(d.rung, "rung")}, ${d.rung})`,
      tries,
      firstTriedAt: sql`case when ${tries} = 0 then null else ${d.firstTriedAt} end`,
      leasedBy: null,
    })
    .where(isHeld(d, as));
});

export const giveUp = statement<HeldValues & { reason: string }>()(
  "delivery_give_up",
  ({ query, tables: t, as }) =>
    query
      .update(t.deliveries)
      .set({ state: "undeliverable", reason: as(t.deliveries.reason, "reason"), leasedBy: null })
      .where(isHeld(t.deliveries, as)),
);

export const findStatus = statement<{ batchId: BatchId }>()(
  "delivery_status_of",
  ({ query, tables: t, at }) =>
    query
      .select()
      .from(t.deliveries)
      .where(and(sql`kind = 'status'`, eq(t.deliveries.batchId, at("batchId"))))
      .limit(1),
);

export const findDelivery = statement<{ id: DeliveryId }>()("delivery_by_id", ({ query, tables: t, at }) =>
  query
    .select()
    .from(t.deliveries)
    .where(eq(t.deliveries.id, at("id"))),
);

export const sentForAsset = statement<{ assetId: AssetId }>()(
  "delivery_of_asset",
  ({ query, tables: t, at }) =>
    query
      .select()
      .from(t.deliveries)
      .where(
        and(
          sql`asset_id is not null`,
          eq(t.deliveries.assetId, at("assetId")),
          ne(t.deliveries.kind, "removal"),
          sql`(${t.deliveries.sentAt} is not null or ${t.deliveries.state} = 'sending')`,
        ),
      )
      .orderBy(t.deliveries.sequence),
);

export const releaseOthers = statement<{ holder: string; now: number }>()(
  "delivery_release",
  ({ query, tables: t, at, as }) =>
    query
      .update(t.deliveries)
      .set({ dueAt: as(t.deliveries.dueAt, "now"), leasedBy: null, epoch: sql`${t.deliveries.epoch} + 1` })
      .where(and(isNotNull(t.deliveries.leasedBy), ne(t.deliveries.leasedBy, at("holder"))))
      .returning({ id: t.deliveries.id }),
);

export const returnOwn = statement<{ holder: string; now: number }>()(
  "delivery_return",
  ({ query, tables: t, at, as }) =>
    query
      .update(t.deliveries)
      .set({ dueAt: as(t.deliveries.dueAt, "now"), leasedBy: null, epoch: sql`${t.deliveries.epoch} + 1` })
      .where(eq(t.deliveries.leasedBy, at("holder")))
      .returning({ id: t.deliveries.id }),
);

export const countOpen = statement<Record<string, never>>()("delivery_overview", ({ query, tables: t }) =>
  query
    .select({
      waiting: sql`count(*)`.mapWith(Number),
      oldest: sql<number | null>`min(${t.deliveries.createdAt})`.mapWith(optionalNumber),
    })
    .from(t.deliveries)
    .where(OPEN),
);
