import { and, asc, isNotNull, lte, sql } from "drizzle-orm";
import type { AssetId } from "../../core/identifiers.ts";
import type { Claimed, ClaimGroup } from "../../core/ports/stores.ts";
import type { Database } from "../database.ts";
import { toAsset } from "../rows.ts";
import { isOneOf, locking, type Session, statement } from "../statement.ts";

/** Longest list that one claim may bring: more would hold up the event loop. The rest is due a tick later. */
const MOST = 500;

/** The moment at which the next asset is due; answers an idle tick from one entry of an index. */
const nextDue = statement<Record<string, never>>()("asset_next_due", ({ query, tables: t }) =>
  query
    .select({ dueAt: t.mediaAssets.dueAt })
    .from(t.mediaAssets)
    .where(isNotNull(t.mediaAssets.dueAt))
    .orderBy(asc(t.mediaAssets.dueAt))
    .limit(1),
);

type Due = { providers: string; now: number; limit: number };

/**
 * One statement a kind of work, each on a partial index of its own. Rows that somebody else is taking are passed by.
 * The plus keeps SQLite from reading all that is due by the index on `due_at` and sorting it, for each claim.
 */
const dueIn = (name: string, states: ReturnType<typeof sql>, order: "createdAt" | "rankAt") =>
  statement<Due>()(name, ({ query, tables: { mediaAssets: a }, at, dialect }) =>
    locking(
      dialect,
      query
        .select({ id: a.id, state: a.state })
        .from(a)
        .where(
          and(
            states,
            isNotNull(a.dueAt),
            dialect === "sqlite" ? sql`+${a.dueAt} <= ${at("now")}` : lte(a.dueAt, at("now")),
            isOneOf(dialect, a.provider, at("providers")),
          ),
        )
        .orderBy(asc(a[order]), asc(a.id))
        .limit(at("limit")),
      { skipLocked: true },
    ),
  );

const toCreate = dueIn("asset_due_create", sql`state in ('queued', 'preparing')`, "createdAt");
const toRead = dueIn("asset_due_read", sql`state in ('submitted', 'storing')`, "rankAt");
// These are few and all are taken; in any order that does not draw SQLite to the index on `due_at`.
const inDoubt = dueIn("asset_due_doubt", sql`state in ('submitting', 'unknown')`, "createdAt");

const strays = statement<Due>()("asset_strays", ({ query, tables: { mediaAssets: a }, at, dialect }) =>
  locking(
    dialect,
    query
      .select({ id: a.id, state: a.state })
      .from(a)
      .where(
        and(
          sql`state in ('queued', 'preparing', 'submitting', 'submitted', 'storing', 'unknown')`,
          isNotNull(a.dueAt),
          lte(a.dueAt, at("now")),
          sql`not (${isOneOf(dialect, a.provider, at("providers"))})`,
        ),
      )
      .orderBy(asc(a.dueAt), asc(a.id))
      .limit(at("limit")),
    { skipLocked: true },
  ),
);

const take = statement<{ ids: string; holder: string; until: number }>()(
  "asset_take",
  ({ query, tables: { mediaAssets: a }, at, as, dialect }) =>
    query
      .update(a)
      .set({
        state: sql`case when ${a.state} = 'queued' then 'preparing' else ${a.state} end`,
        epoch: sql`${a.epoch} + 1`,
        leasedBy: as(a.leasedBy, "holder"),
        dueAt: as(a.dueAt, "until"),
      })
      .where(isOneOf(dialect, a.id, at("ids")))
      .returning(),
);

/** See `GenerationStore.claim`. */
export async function claimDue(
  database: Database,
  groups: readonly ClaimGroup[],
  holder: string,
  now: number,
  leaseMs: number,
): Promise<readonly Claimed[]> {
  const [next] = await database.read(async (session) => nextDue(session, {}));
  if (next === undefined || next.dueAt === null || next.dueAt > now) return [];
  return database.write(async (session) =>
    takeAll(session, await findDue(session, groups, now), { holder, until: now + leaseMs }),
  );
}

/** See `GenerationStore.claimStrays`. */
export async function claimStrays(
  database: Database,
  known: readonly string[],
  holder: string,
  now: number,
  leaseMs: number,
): Promise<readonly Claimed[]> {
  const values = { providers: JSON.stringify(known), now, limit: MOST };
  return database.write(async (session) =>
    takeAll(session, await strays(session, values), { holder, until: now + leaseMs }),
  );
}

type Found = readonly { readonly id: AssetId; readonly state: Claimed["foundIn"] }[];

async function takeAll(
  session: Session,
  found: Found,
  lease: { readonly holder: string; readonly until: number },
): Promise<readonly Claimed[]> {
  if (found.length === 0) return [];
  const states = new Map(found.map(({ id, state }) => [id, state]));
  const ids = JSON.stringify([...states.keys()]);
  const rows = await take(session, { ids, ...lease });
  const assets = new Map(rows.map((row) => [row.id, toAsset(row)]));
  return [...states].flatMap(([id, foundIn]) => {
    const asset = assets.get(id);
    return asset === undefined ? [] : [{ asset, foundIn }];
  });
}

async function findDue(session: Session, groups: readonly ClaimGroup[], now: number): Promise<Found> {
  const found: Found[number][] = [];
  const left = () => MOST - found.length;
  for (const group of groups) {
    const providers = JSON.stringify(group.providers);
    found.push(...(await inDoubt(session, { providers, now, limit: left() })));
    const creates = Math.min(group.creates, left());
    if (creates > 0) found.push(...(await toCreate(session, { providers, now, limit: creates })));
    const reads = Math.min(group.reads, left());
    if (reads > 0) found.push(...(await toRead(session, { providers, now, limit: reads })));
  }
  return found;
}
