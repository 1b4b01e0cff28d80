import { and, eq, sql } from "drizzle-orm";
import type { AssetId, UserId } from "../../core/identifiers.ts";
import type { Period } from "../../core/usage/allowance.ts";
import { statement } from "../statement.ts";

/** One row of the ledger; `usageLedger` in the schema says what `units` and `step` mean. */
export const addLedgerEntry = statement<{
  id: string;
  userId: UserId;
  assetId: AssetId | null;
  step: 1 | 2;
  kind: "reserve" | "settle" | "refund" | "grant";
  source: "limit" | "grant";
  period: Period | null;
  units: number;
  now: number;
}>()("ledger_add", ({ query, tables: t, at }) =>
  query.insert(t.usageLedger).values({
    id: at("id"),
    userId: at("userId"),
    assetId: at("assetId"),
    step: at("step"),
    kind: at("kind"),
    source: at("source"),
    period: at("period"),
    units: at("units"),
    createdAt: at("now"),
  }),
);

/**
 * Takes `units` of a month's limit where they are left, and answers with what is used then; no row: too few are left.
 * The first of a month is written without a look at the limit: the caller has compared `units` with it.
 */
export const takeOfLimit = statement<{ userId: UserId; period: Period; units: number; limit: number }>()(
  "usage_take",
  ({ query, tables: t, at, as }) => {
    const used = t.userUsage.mediaGenerationsCreated;
    return query
      .insert(t.userUsage)
      .values({ userId: at("userId"), period: at("period"), mediaGenerationsCreated: at("units") })
      .onConflictDoUpdate({
        target: [t.userUsage.userId, t.userUsage.period],
        set: { mediaGenerationsCreated: sql`${used} + ${as(used, "units")}` },
        setWhere: sql`${used} + ${as(used, "units")} <= ${as(used, "limit")}`,
      })
      .returning({ used });
  },
);

export const giveBackToLimit = statement<{ userId: UserId; period: Period }>()(
  "usage_give_back",
  ({ query, tables: t, at }) =>
    query
      .update(t.userUsage)
      .set({ mediaGenerationsCreated: sql`${t.userUsage.mediaGenerationsCreated} - 1` })
      .where(and(eq(t.userUsage.userId, at("userId")), eq(t.userUsage.period, at("period")))),
);

/** Adds to the bonus units; negative takes. */
export const addGrants = statement<{ userId: UserId; units: number }>()(
  "grants_add",
  ({ query, tables: t, at, as }) =>
    query
      .update(t.users)
      .set({ grants: sql`${t.users.grants} + ${as(t.users.grants, "units")}` })
      .where(eq(t.users.id, at("userId"))),
);

/** Counts a paid submission of the instance's day where the cap allows it; no row: it does not. */
export const countPaid = statement<{ day: string; units: number; cap: number }>()(
  "instance_day_count",
  ({ query, tables: t, at, as }) => {
    const paid = t.instanceDays.paidSubmissions;
    return query
      .insert(t.instanceDays)
      .values({ day: at("day"), paidSubmissions: at("units") })
      .onConflictDoUpdate({
        target: t.instanceDays.day,
        set: { paidSubmissions: sql`${paid} + ${as(paid, "units")}` },
        setWhere: sql`${paid} + ${as(paid, "units")} <= ${as(paid, "cap")}`,
      })
      .returning({ paid });
  },
);
