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
