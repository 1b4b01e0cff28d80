import { and, asc, desc, eq, gt, isNotNull, isNull, lt, ne, or, sql } from "drizzle-orm";
import type { AssetState } from "../../core/generation/asset.ts";
import type { AssetId, BatchId, UserId } from "../../core/identifiers.ts";
import type { GenerationStore } from "../../core/ports/stores.ts";
import type { Database } from "../database.ts";
import { toAsset } from "../rows.ts";
import { statement } from "../statement.ts";
import { claimDue, claimStrays } from "./claim.ts";
import { cancelAsset, endAsset, wakeOverlooked } from "./end.ts";
import { createMoves } from "./moves.ts";
import { placeOrder } from "./order.ts";
import { createTaskNotes } from "./task-notes.ts";

/** The condition of the partial index on what has not ended. */
const UNFINISHED = sql`state in ('queued', 'preparing', 'submitting', 'submitted', 'storing', 'unknown')`;

const byId = statement<{ id: AssetId }>()("asset_by_id", ({ query, tables: { mediaAssets: a }, at }) =>
  query
    .select()
    .from(a)
    .where(eq(a.id, at("id"))),
);

const byHandle = statement<{ handle: string }>()(
  "asset_by_handle",
  ({ query, tables: { mediaAssets: a }, at }) =>
    query
      .select()
      .from(a)
      .where(eq(a.handle, at("handle"))),
);

const ofBatch = statement<{ id: BatchId }>()("asset_of_batch", ({ query, tables: { mediaAssets: a }, at }) =>
  query
    .select()
    .from(a)
    .where(eq(a.batchId, at("id")))
    .orderBy(asc(a.batchIndex)),
);

const countAhead = statement<{ provider: string; id: AssetId; createdAt: number }>()(
  "asset_ahead",
  ({ query, tables: { mediaAssets: a }, at }) =>
    query
      .select({ count: sql`count(*)`.mapWith(Number) })
      .from(a)
      .where(
        and(
          sql`state in ('queued', 'preparing')`,
          isNotNull(a.dueAt),
          eq(a.provider, at("provider")),
          or(lt(a.createdAt, at("createdAt")), and(eq(a.createdAt, at("createdAt")), lt(a.id, at("id")))),
        ),
      ),
);

const unfinished = statement<Record<string, never>>()(
  "asset_unfinished",
  ({ query, tables: { mediaAssets: a } }) =>
    query
      .select({ userId: a.userId, batchId: a.batchId })
      .from(a)
      .where(UNFINISHED)
      .groupBy(a.userId, a.batchId)
      .orderBy(desc(sql`max(${a.createdAt})`), desc(a.batchId)),
);

const late = statement<{ after: number; limit: number }>()(
  "asset_late",
  ({ query, tables: { mediaAssets: a }, at }) =>
    query
      .select()
      .from(a)
      .where(
        and(
          sql`state in ('expired', 'failed')`,
          sql`(state = 'expired' or ${a.endReason} = 'answer-lost')`,
          gt(a.endedAt, at("after")),
          isNotNull(a.operation),
          isNull(a.deletedAt),
        ),
      )
      .orderBy(desc(a.endedAt), asc(a.id))
      .limit(at("limit")),
);

const releaseOthers = statement<{ holder: string; now: number }>()(
  "asset_release",
  ({ query, tables: { mediaAssets: a }, at, as }) =>
    query
      .update(a)
      .set({ dueAt: as(a.dueAt, "now"), leasedBy: null, epoch: sql`${a.epoch} + 1` })
      .where(and(isNotNull(a.leasedBy), ne(a.leasedBy, at("holder"))))
      .returning({ id: a.id }),
);

const returnOwn = statement<{ holder: string; now: number }>()(
  "asset_return",
  ({ query, tables: { mediaAssets: a }, at, as }) =>
    query
      .update(a)
      .set({ dueAt: as(a.dueAt, "now"), leasedBy: null, epoch: sql`${a.epoch} + 1` })
      .where(eq(a.leasedBy, at("holder")))
      .returning({ id: a.id }),
);

const countStates = statement<Record<string, never>>()(
  "asset_overview",
  ({ query, tables: { mediaAssets: a } }) =>
    query
      .select({
        state: a.state,
        count: sql`count(*)`.mapWith(Number),
        oldest: sql`min(${a.createdAt})`.mapWith(Number),
      })
      .from(a)
      .where(UNFINISHED)
      .groupBy(a.state),
);

export function createGenerationStore(database: Database): GenerationStore {
  const { read, write } = database;
  return {
    ...createMoves(database),
    ...createTaskNotes(database),
    order: (order) => placeOrder(database, order),
    claim: (groups, holder, now, leaseMs) => claimDue(database, groups, holder, now, leaseMs),
    claimStrays: (known, holder, now, leaseMs) => claimStrays(database, known, holder, now, leaseMs),
    end: (held, ending) => endAsset(database, held, ending),
    cancel: (id, ending) => cancelAsset(database, id, ending),
    wakeWaiting: (before, now, limit) => wakeOverlooked(database, before, now, limit),

    releaseLeases: (holder, now) =>
      write(async (session) => (await releaseOthers(session, { holder, now })).length),

    returnLeases: (holder, now) =>
      write(async (session) => (await returnOwn(session, { holder, now })).length),

    async lateSince(after, limit) {
      return (await read(async (session) => late(session, { after, limit }))).map(toAsset);
    },

    async get(id) {
      const [row] = await read(async (session) => byId(session, { id }));
      return row === undefined ? null : toAsset(row);
    },

    async byHandle(handle) {
      const [row] = await read(async (session) => byHandle(session, { handle }));
      return row === undefined ? null : toAsset(row);
    },

    batch: (id) => read(async (session) => (await ofBatch(session, { id })).map(toAsset)),

    async aheadOf({ provider, id, createdAt }) {
      const [row] = await read(async (session) => countAhead(session, { provider, id, createdAt }));
      return row?.count ?? 0;
    },

    async unfinishedBatches(limit) {
      const newestFirst = await read(async (session) => unfinished(session, {}));
      const byUser = new Map<UserId, BatchId>();
      for (const { userId, batchId } of newestFirst) if (!byUser.has(userId)) byUser.set(userId, batchId);
      return [...byUser].slice(0, limit).map(([userId, batchId]) => ({ userId, batchId }));
    },

    async overview() {
      const rows = await read(async (session) => countStates(session, {}));
      const states: Partial<Record<AssetState, number>> = {};
      for (const { state, count } of rows) states[state] = count;
      const oldest = rows.length === 0 ? null : Math.min(...rows.map((row) => row.oldest));
      return { states, oldest };
    },
  };
}
