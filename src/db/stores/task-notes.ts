import { and, eq, isNull, sql } from "drizzle-orm";
import type { AssetId, AttemptId } from "../../core/identifiers.ts";
import type { GenerationStore, NotedTask } from "../../core/ports/stores.ts";
import { type Database, Undone } from "../database.ts";
import { toAsset } from "../rows.ts";
import { statement } from "../statement.ts";
import {
  acceptAttempt,
  attemptByDigest,
  attemptById,
  noteTaskByDigest,
  noteTaskById,
  otherAttemptOfTask,
} from "./attempt-statements.ts";

/** In doubt: due at once. With this very task, and nobody at work on it: likewise. */
const nudge = statement<{ id: AssetId; attemptId: AttemptId; own: number; now: number }>()(
  "asset_nudge",
  ({ query, tables: { mediaAssets: a }, at, as }) =>
    query
      .update(a)
      .set({ dueAt: as(a.dueAt, "now"), rankAt: as(a.rankAt, "now") })
      .where(
        and(
          eq(a.id, at("id")),
          sql`${a.attemptId} = ${as(a.attemptId, "attemptId")}`,
          isNull(a.leasedBy),
          sql`(${a.state} = 'unknown' or (${a.state} = 'submitted' and ${as(a.attempts, "own")} = 1))`,
        ),
      )
      .returning({ id: a.id }),
);

const assetOf = statement<{ id: AssetId }>()(
  "asset_of_attempt",
  ({ query, tables: { mediaAssets: a }, at }) =>
    query
      .select()
      .from(a)
      .where(eq(a.id, at("id"))),
);

const noteOf = statement<{ id: AssetId }>()(
  "attempt_noted_of_asset",
  ({ query, tables: { mediaAssets: a, attempts: t }, at }) =>
    query
      .select({ taskKey: t.notedTaskKey, startedAt: t.startedAt })
      .from(a)
      .innerJoin(t, eq(t.id, a.attemptId))
      .where(eq(a.id, at("id"))),
);

const adopt = statement<{ id: AssetId; operation: unknown }>()(
  "asset_adopt_late",
  ({ query, tables: { mediaAssets: a }, at, as }) =>
    query
      .update(a)
      .set({ operation: as(a.operation, "operation") })
      .where(
        and(
          eq(a.id, at("id")),
          sql`${a.state} = 'failed' and ${a.endReason} = 'answer-lost'`,
          isNull(a.operation),
          isNull(a.deletedAt),
        ),
      )
      .returning({ attemptId: a.attemptId, endedAt: a.endedAt }),
);

/** Tasks that were named from outside the call that made them; see `GenerationStore`. */
export function createTaskNotes(
  database: Database,
): Pick<GenerationStore, "noteTask" | "notedTask" | "adoptLate"> {
  const { read, write } = database;
  return {
    noteTask: (by, taskKey, now) =>
      write<NotedTask | null>(async (session) => {
        const key = "attemptId" in by ? by.attemptId : by.callbackDigest;
        const [find, note] =
          "attemptId" in by ? [attemptById, noteTaskById] : [attemptByDigest, noteTaskByDigest];
        const [attempt] = await find(session, { by: key });
        if (attempt === undefined) return new Undone(null);
        const { id, assetId, startedAt } = attempt;
        const others = await otherAttemptOfTask(session, { id, taskKey });
        const isForeign = others.length > 0 || (attempt.taskKey !== null && attempt.taskKey !== taskKey);
        if (isForeign) return new Undone(null);
        const isFirst = (await note(session, { by: key, taskKey })).length > 0;
        const own = attempt.taskKey === taskKey ? 1 : 0;
        if (isFirst) await nudge(session, { id: assetId, attemptId: id, own, now });
        const [row] = await assetOf(session, { id: assetId });
        if (row === undefined) return new Undone(null);
        return {
          asset: toAsset(row),
          attemptId: id,
          startedAt,
          taskKey: attempt.notedTaskKey ?? taskKey,
          isCurrent: row.attemptId === id,
          isFirst,
        };
      }),

    async notedTask(id) {
      const [row] = await read(async (session) => noteOf(session, { id }));
      return row === undefined || row.taskKey === null
        ? null
        : { taskKey: row.taskKey, startedAt: row.startedAt };
    },

    adoptLate: (id, operation, taskKey) =>
      write(async (session) => {
        const [row] = await adopt(session, { id, operation });
        if (row === undefined) return new Undone(false);
        if (row.attemptId !== null) {
          await acceptAttempt(session, { id: row.attemptId, taskKey, now: row.endedAt ?? 0 });
        }
        return true;
      }),
  };
}
