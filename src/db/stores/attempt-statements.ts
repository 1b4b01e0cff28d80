import { and, eq, isNull, sql } from "drizzle-orm";
import type { AssetId, AttemptId } from "../../core/identifiers.ts";
import { statement } from "../statement.ts";

export const addAttempt = statement<{
  id: AttemptId;
  assetId: AssetId;
  provider: string;
  number: number;
  callbackDigest: string;
  startedAt: number;
}>()("attempt_add", ({ query, tables: t, at }) =>
  query.insert(t.attempts).values({
    id: at("id"),
    assetId: at("assetId"),
    provider: at("provider"),
    number: at("number"),
    callbackDigest: at("callbackDigest"),
    startedAt: at("startedAt"),
  }),
);

export const acceptAttempt = statement<{ id: AttemptId; taskKey: string; now: number }>()(
  "attempt_accept",
  ({ query, tables: t, at, as }) =>
    query
      .update(t.attempts)
      .set({ taskKey: as(t.attempts.taskKey, "taskKey"), acceptedAt: as(t.attempts.acceptedAt, "now") })
      .where(eq(t.attempts.id, at("id"))),
);

/** `detail` null: it went well. */
export const endAttempt = statement<{ id: AttemptId; detail: string | null; now: number }>()(
  "attempt_end",
  ({ query, tables: t, at, as }) =>
    query
      .update(t.attempts)
      .set({ detail: as(t.attempts.detail, "detail"), endedAt: as(t.attempts.endedAt, "now") })
      .where(and(eq(t.attempts.id, at("id")), isNull(t.attempts.endedAt))),
);

/** What is odd about an attempt that goes on. */
export const noteOnAttempt = statement<{ id: AttemptId; detail: string }>()(
  "attempt_note",
  ({ query, tables: t, at, as }) =>
    query
      .update(t.attempts)
      .set({ detail: sql`coalesce(${t.attempts.detail}, ${as(t.attempts.detail, "detail")})` })
      .where(eq(t.attempts.id, at("id"))),
);

type Noting = { by: string; taskKey: string };

const noting = (name: string, column: "callbackDigest" | "id") =>
  statement<Noting>()(name, ({ query, tables: { attempts: a }, as }) =>
    query
      .update(a)
      .set({ notedTaskKey: as(a.notedTaskKey, "taskKey") })
      .where(and(sql`${a[column]} = ${as(a[column], "by")}`, isNull(a.notedTaskKey)))
      .returning({ id: a.id }),
  );

/** No row: there is no such attempt, or it has its note. */
export const noteTaskByDigest = noting("attempt_note_task_digest", "callbackDigest");
export const noteTaskById = noting("attempt_note_task_id", "id");

const attemptWhere = (name: string, column: "callbackDigest" | "id") =>
  statement<{ by: string }>()(name, ({ query, tables: { attempts: a }, as }) =>
    query
      .select({
        id: a.id,
        assetId: a.assetId,
        provider: a.provider,
        startedAt: a.startedAt,
        taskKey: a.taskKey,
        notedTaskKey: a.notedTaskKey,
      })
      .from(a)
      .where(sql`${a[column]} = ${as(a[column], "by")}`),
  );

export const attemptByDigest = attemptWhere("attempt_by_digest", "callbackDigest");
export const attemptById = attemptWhere("attempt_by_id", "id");

/** Whether another attempt has this task. Of whatever model: one account numbers the tasks of all of them. */
export const otherAttemptOfTask = statement<{ id: AttemptId; taskKey: string }>()(
  "attempt_other_of_task",
  ({ query, tables: { attempts: a }, as }) =>
    query
      .select({ id: a.id })
      .from(a)
      .where(and(sql`${a.id} <> ${as(a.id, "id")}`, sql`${a.taskKey} = ${as(a.taskKey, "taskKey")}`)),
);
