import { and, eq, gt, isNull, lt } from "drizzle-orm";
import type { UserId } from "../../core/identifiers.ts";
import type { DraftStore } from "../../core/ports/stores.ts";
import type { Database } from "../database.ts";
import { parseJson } from "../rows.ts";
import { isOneOf, statement } from "../statement.ts";

const add = statement<{
  id: string;
  userId: UserId;
  content: unknown;
  createdAt: number;
  expiresAt: number;
}>()("draft_add", ({ query, tables: t, at }) =>
  query
    .insert(t.drafts)
    .values({
      id: at("id"),
      userId: at("userId"),
      content: at("content"),
      createdAt: at("createdAt"),
      expiresAt: at("expiresAt"),
    })
    .onConflictDoNothing(),
);

const find = statement<{ id: string; now: number }>()("draft_find", ({ query, tables: t, at }) =>
  query
    .select()
    .from(t.drafts)
    .where(and(eq(t.drafts.id, at("id")), isNull(t.drafts.usedAt), gt(t.drafts.expiresAt, at("now")))),
);

const change = statement<{ id: string; content: unknown }>()("draft_change", ({ query, tables: t, at, as }) =>
  query
    .update(t.drafts)
    .set({ content: as(t.drafts.content, "content") })
    .where(and(eq(t.drafts.id, at("id")), isNull(t.drafts.usedAt))),
);

const expired = statement<{ now: number; limit: number }>()("draft_expired", ({ query, tables: t, at }) =>
  query
    .select({ id: t.drafts.id })
    .from(t.drafts)
    .where(lt(t.drafts.expiresAt, at("now")))
    .limit(at("limit")),
);

const remove = statement<{ ids: string }>()("draft_remove", ({ query, tables: t, at, dialect }) =>
  query.delete(t.drafts).where(isOneOf(dialect, t.drafts.id, at("ids"))),
);

/** Marks it used; no row: it is not there, used up, expired, or somebody else's. */
export const useDraft = statement<{ id: string; userId: UserId; now: number }>()(
  "draft_use",
  ({ query, tables: t, at, as }) =>
    query
      .update(t.drafts)
      .set({ usedAt: as(t.drafts.usedAt, "now") })
      .where(
        and(
          eq(t.drafts.id, at("id")),
          eq(t.drafts.userId, at("userId")),
          isNull(t.drafts.usedAt),
          gt(t.drafts.expiresAt, at("now")),
        ),
      )
      .returning({ id: t.drafts.id }),
);

export function createDraftStore(database: Database): DraftStore {
  return {
    save: (draft) => database.write(async (session) => void (await add(session, { ...draft }))),

    get: (id, now) =>
      database.read(async (session) => {
        const [row] = await find(session, { id, now });
        if (row === undefined) return null;
        const { usedAt: _, ...draft } = row;
        return { ...draft, content: parseJson(row.content) };
      }),

    change: (id, content) => database.write(async (session) => void (await change(session, { id, content }))),

    async prune(now, limit) {
      const rows = await database.read(async (session) => expired(session, { now, limit }));
      if (rows.length === 0) return 0;
      const ids = JSON.stringify(rows.map(({ id }) => id));
      await database.write(async (session) => void (await remove(session, { ids })));
      return rows.length;
    },
  };
}
