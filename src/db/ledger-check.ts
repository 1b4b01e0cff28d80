import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { statement } from "./statement.ts";

type None = Record<string, never>;

/** What the ledger says was used of each month, where the counter says something else. */
const wrongUsage = statement<None>()("check_usage", ({ query, tables: t }) =>
  query
    .select({
      userId: t.usageLedger.userId,
      period: t.usageLedger.period,
      ledger: sql`sum(${t.usageLedger.units})`.mapWith(Number),
      counter: sql`coalesce(max(${t.userUsage.mediaGenerationsCreated}), 0)`.mapWith(Number),
    })
    .from(t.usageLedger)
    .leftJoin(
      t.userUsage,
      and(eq(t.userUsage.userId, t.usageLedger.userId), eq(t.userUsage.period, t.usageLedger.period)),
    )
    .where(eq(t.usageLedger.source, "limit"))
    .groupBy(t.usageLedger.userId, t.usageLedger.period)
    .having(sql`sum(${t.usageLedger.units}) <> coalesce(max(${t.userUsage.mediaGenerationsCreated}), 0)`),
);

const usageWithoutLedger = statement<None>()("check_usage_alone", ({ query, tables: t }) =>
  query
    .select({
      userId: t.userUsage.userId,
      period: t.userUsage.period,
      counter: t.userUsage.mediaGenerationsCreated,
    })
    .from(t.userUsage)
    .leftJoin(
      t.usageLedger,
      and(
        eq(t.userUsage.userId, t.usageLedger.userId),
        eq(t.userUsage.period, t.usageLedger.period),
        eq(t.usageLedger.source, "limit"),
      ),
    )
    .where(and(isNull(t.usageLedger.id), sql`${t.userUsage.mediaGenerationsCreated} <> 0`)),
);

const wrongGrants = statement<None>()("check_grants", ({ query, tables: t }) =>
  query
    .select({
      userId: t.users.id,
      ledger: sql`coalesce(-sum(${t.usageLedger.units}), 0)`.mapWith(Number),
      balance: t.users.grants,
    })
    .from(t.users)
    .leftJoin(t.usageLedger, and(eq(t.usageLedger.userId, t.users.id), eq(t.usageLedger.source, "grant")))
    .groupBy(t.users.id, t.users.grants)
    .having(sql`coalesce(-sum(${t.usageLedger.units}), 0) <> ${t.users.grants}`),
);

/** Assets that ended without their settlement or refund, go on with one, or were never reserved. */
const wrongSteps = statement<None>()("check_steps", ({ query, tables: { mediaAssets: a } }) =>
  query
    .select({ id: a.id, state: a.state })
    .from(a)
    .where(sql`
      (select count(*) from usage_ledger where asset_id = media_assets.id and step = 1) <> 1
      or (select count(*) from usage_ledger where asset_id = media_assets.id and step = 2)
        <> case when state in ('ready', 'failed', 'cancelled', 'expired') then 1 else 0 end
    `),
);

/** Where the ledger and the counters that are kept beside it do not agree, a sentence each. Reads everything: slow. */
export async function checkLedger(database: Database): Promise<readonly string[]> {
  return database.read(async (session) => [
    ...(await wrongUsage(session, {})).map(
      ({ userId, period, ledger, counter }) =>
        `${userId} in ${period}: ${counter} units counted as used, ${ledger} in the ledger`,
    ),
    ...(await usageWithoutLedger(session, {})).map(
      ({ userId, period, counter }) =>
        `${userId} in ${period}: ${counter} units counted as used, none in the ledger`,
    ),
    ...(await wrongGrants(session, {})).map(
      ({ userId, ledger, balance }) => `${userId}: ${balance} bonus units left, ${ledger} in the ledger`,
    ),
    ...(await wrongSteps(session, {})).map(
      ({ id, state }) => `${id} is ${state}, and the ledger has not the entries that belong to that`,
    ),
  ]);
}
