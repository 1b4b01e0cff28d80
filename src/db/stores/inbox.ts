import { and, asc, eq, lt, sql } from "drizzle-orm";
import type { Platform } from "../../core/identifiers.ts";
import type { InboxStore } from "../../core/ports/stores.ts";
import { type Database, Undone } from "../database.ts";
import { parseJson } from "../rows.ts";
import { isOneOf, statement } from "../statement.ts";
import { addDelivery } from "./delivery-statements.ts";

const receive = statement<{ key: string; source: Platform; payload: unknown; receivedAt: number }>()(
  "inbox_receive",
  ({ query, tables: t, at }) =>
    query
      .insert(t.inbox)
      .values({
        key: at("key"),
        source: at("source"),
        state: "received",
        payload: at("payload"),
        receivedAt: at("receivedAt"),
      })
      .onConflictDoNothing({ target: t.inbox.key })
      .returning({ key: t.inbox.key }),
);

const findWaiting = statement<{ source: Platform; limit: number }>()(
  "inbox_waiting",
  ({ query, tables: t, at }) =>
    query
      .select({
        key: t.inbox.key,
        source: t.inbox.source,
        payload: t.inbox.payload,
        receivedAt: t.inbox.receivedAt,
      })
      .from(t.inbox)
      .where(and(sql`state = 'received'`, eq(t.inbox.source, at("source"))))
      .orderBy(asc(t.inbox.sequence))
      .limit(at("limit")),
);

/** received -> handled, or written as handled; its payload is forgotten. No row: it was handled before. */
export const markHandled = statement<{ key: string; source: Platform; now: number }>()(
  "inbox_handled",
  ({ query, tables: t, at, as }) =>
    query
      .insert(t.inbox)
      .values({
        key: at("key"),
        source: at("source"),
        state: "handled",
        receivedAt: at("now"),
        handledAt: at("now"),
      })
      .onConflictDoUpdate({
        target: t.inbox.key,
        set: { state: "handled", handledAt: as(t.inbox.handledAt, "now"), payload: null },
        setWhere: sql`${t.inbox.state} = 'received'`,
      })
      .returning({ key: t.inbox.key }),
);

const findHandled = statement<{ before: number; limit: number }>()("inbox_old", ({ query, tables: t, at }) =>
  query
    .select({ sequence: t.inbox.sequence })
    .from(t.inbox)
    .where(and(sql`handled_at is not null`, lt(t.inbox.handledAt, at("before"))))
    .limit(at("limit")),
);

const remove = statement<{ sequences: string }>()("inbox_remove", ({ query, tables: t, at, dialect }) =>
  query.delete(t.inbox).where(isOneOf(dialect, t.inbox.sequence, at("sequences"), "number")),
);

export function createInboxStore(database: Database): InboxStore {
  return {
    receive: (entries) =>
      database.write(async (session) => {
        const added = new Set<string>();
        for (const entry of entries) {
          for (const { key } of await receive(session, { ...entry })) added.add(key);
        }
        return added;
      }),

    waiting: (source, limit) =>
      database.read(async (session) => {
        const rows = await findWaiting(session, { source, limit });
        return rows.map((row) => ({ ...row, payload: parseJson(row.payload) }));
      }),

    handled: (key, source, now, answer) =>
      database.write(async (session) => {
        const marked = await markHandled(session, { key, source, now });
        if (marked.length === 0) return new Undone(false);
        if (answer !== null) await addDelivery(session, answer, now);
        return true;
      }),

    async prune(before, limit) {
      const rows = await database.read(async (session) => findHandled(session, { before, limit }));
      if (rows.length === 0) return 0;
      const sequences = JSON.stringify(rows.map(({ sequence }) => sequence));
      await database.write(async (session) => void (await remove(session, { sequences })));
      return rows.length;
    },
  };
}
