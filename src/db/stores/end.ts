import { and, asc, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { ErrorCode } from "../../core/errors.ts";
import type { AssetState, EndReason } from "../../core/generation/asset.ts";
import type { AssetId, UserId } from "../../core/identifiers.ts";
import type { Ending, Held } from "../../core/ports/stores.ts";
import { type Database, Undone } from "../database.ts";
import type { AssetRow, Tables } from "../schema.ts";
import { isOneOf, type Session, statement } from "../statement.ts";
import { endAttempt } from "./attempt-statements.ts";
import { addDelivery, touchStatus } from "./delivery-statements.ts";
import { addGrants, addLedgerEntry, giveBackToLimit } from "./ledger-statements.ts";
import { standingOf } from "./order.ts";

const UNFINISHED: readonly AssetState[] = [
  "queued",
  "preparing",
  "submitting",
  "submitted",
  "storing",
  "unknown",
];

/** From where each ending may come, by an asset that is held. */
const COMES_FROM: Readonly<Record<Ending["state"], readonly AssetState[]>> = {
  ready: ["storing"],
  failed: UNFINISHED,
  expired: UNFINISHED,
  cancelled: ["queued"],
};

type EndValues = {
  id: AssetId;
  epoch: number;
  media: unknown;
  reason: EndReason | null;
  code: ErrorCode | null;
  now: number;
};

const endingStatement = (state: Ending["state"], from: readonly AssetState[]) =>
  statement<EndValues>()(`asset_end_${state}`, ({ query, tables: { mediaAssets: a }, at, as }) =>
    query
      .update(a)
      .set({
        state,
        media: as(a.media, "media"),
        endReason: as(a.endReason, "reason"),
        endCode: as(a.endCode, "code"),
        endedAt: as(a.endedAt, "now"),
        dueAt: null,
        leasedBy: null,
        progress: null,
      })
      .where(and(eq(a.id, at("id")), eq(a.epoch, at("epoch")), inArray(a.state, [...from])))
      .returning(),
  );

const endAs = {
  ready: endingStatement("ready", COMES_FROM.ready),
  failed: endingStatement("failed", COMES_FROM.failed),
  expired: endingStatement("expired", COMES_FROM.expired),
  cancelled: endingStatement("cancelled", COMES_FROM.cancelled),
};

/** The late edge. Why it had ended stays: the member is told that this one is on the house. */
const comeLate = statement<{ id: AssetId; epoch: number; media: unknown; now: number }>()(
  "asset_end_late",
  ({ query, tables: { mediaAssets: a }, at, as }) =>
    query
      .update(a)
      .set({ state: "ready", media: as(a.media, "media"), endedAt: as(a.endedAt, "now") })
      .where(
        and(
          eq(a.id, at("id")),
          eq(a.epoch, at("epoch")),
          inArray(a.state, ["failed", "expired"]),
          isNull(a.deletedAt),
        ),
      )
      .returning(),
);

const cancelQueued = statement<{
  id: AssetId;
  reason: EndReason | null;
  code: ErrorCode | null;
  now: number;
}>()("asset_cancel", ({ query, tables: { mediaAssets: a }, at, as }) =>
  query
    .update(a)
    .set({
      state: "cancelled",
      epoch: sql`${a.epoch} + 1`,
      endReason: as(a.endReason, "reason"),
      endCode: as(a.endCode, "code"),
      endedAt: as(a.endedAt, "now"),
      dueAt: null,
    })
    .where(and(eq(a.id, at("id")), eq(a.state, "queued"), isNull(a.leasedBy)))
    .returning(),
);

/** A member's assets that wait for another one to end, oldest first. The second condition names the partial index. */
const isWaiting = (a: Tables["mediaAssets"]): SQL | undefined =>
  and(
    eq(a.state, "queued"),
    sql`state in ('queued', 'preparing', 'submitting', 'submitted', 'storing', 'unknown')`,
    isNull(a.dueAt),
  );

const waitingOf = statement<{ userId: UserId; limit: number }>()(
  "asset_waiting_of",
  ({ query, tables: { mediaAssets: a }, at }) =>
    query
      .select({ id: a.id })
      .from(a)
      .where(and(eq(a.userId, at("userId")), isWaiting(a)))
      .orderBy(asc(a.createdAt), asc(a.batchId), asc(a.batchIndex))
      .limit(at("limit")),
);

const wake = statement<{ ids: string; now: number }>()(
  "asset_wake",
  ({ query, tables: { mediaAssets: a }, at, as, dialect }) =>
    query
      .update(a)
      .set({ dueAt: as(a.dueAt, "now") })
      .where(and(isOneOf(dialect, a.id, at("ids")), isWaiting(a)))
      .returning({ id: a.id }),
);

/** Too old to wait any longer, or alone: nothing of the member's is under way that could let it go. */
const overlooked = statement<{ before: number; limit: number }>()(
  "asset_overlooked",
  ({ query, tables: { mediaAssets: a }, at, as }) =>
    query
      .select({ id: a.id, userId: a.userId, createdAt: a.createdAt })
      .from(a)
      .where(
        and(
          isWaiting(a),
          sql`(${a.createdAt} < ${as(a.createdAt, "before")} or not exists (
            select 1 from media_assets as other
            where other.state in ('queued', 'preparing', 'submitting', 'submitted', 'storing', 'unknown')
              and other.due_at is not null and other.user_id = media_assets.user_id
          ))`,
        ),
      )
      .orderBy(asc(a.createdAt), asc(a.batchId), asc(a.batchIndex))
      .limit(at("limit")),
);

/** See `GenerationStore.end`. */
export function endAsset(database: Database, held: Held, ending: Ending): Promise<boolean> {
  const { media, reason, code, now } = ending;
  const { id, epoch } = held;
  return database.write(async (session) => {
    const [ended] = await endAs[ending.state](session, { id, epoch, media, reason, code, now });
    if (ended !== undefined) {
      await closeAccount(session, ended, ending);
      return true;
    }
    const [late] = ending.state === "ready" ? await comeLate(session, { id, epoch, media, now }) : [];
    if (late === undefined) return new Undone(false);
    await tell(session, late, ending);
    return true;
  });
}

/** See `GenerationStore.cancel`. */
export function cancelAsset(database: Database, id: AssetId, ending: Ending): Promise<boolean> {
  const { reason, code, now } = ending;
  return database.write(async (session) => {
    const [cancelled] = await cancelQueued(session, { id, reason, code, now });
    if (cancelled === undefined) return new Undone(false);
    await closeAccount(session, cancelled, ending);
    return true;
  });
}

/** See `GenerationStore.wakeWaiting`. Of a member who has nothing under way only the oldest is woken. */
export async function wakeOverlooked(
  database: Database,
  before: number,
  now: number,
  limit: number,
): Promise<number> {
  const rows = await database.read(async (session) => overlooked(session, { before, limit }));
  const alone = new Set<UserId>();
  const chosen = rows.filter(({ userId, createdAt }) => {
    if (createdAt < before) return true;
    const isFirst = !alone.has(userId);
    alone.add(userId);
    return isFirst;
  });
  if (chosen.length === 0) return 0;
  const ids = JSON.stringify(chosen.map(({ id }) => id));
  return database.write(async (session) => (await wake(session, { ids, now })).length);
}

/** What every first end brings: ledger, attempt, messages, and the member's next ones. */
async function closeAccount(session: Session, asset: AssetRow, ending: Ending): Promise<void> {
  const { now, detail, ledgerId, atOnce } = ending;
  const { userId, period, unitSource } = asset;
  const isRefund = ending.state !== "ready";
  // Unique by (asset, step): a second end cannot be written, whatever went wrong before.
  await addLedgerEntry(session, {
    id: ledgerId,
    userId,
    assetId: asset.id,
    step: 2,
    kind: isRefund ? "refund" : "settle",
    source: unitSource,
    period,
    units: isRefund ? -1 : 0,
    now,
  });
  if (isRefund && unitSource === "limit") await giveBackToLimit(session, { userId, period });
  if (isRefund && unitSource === "grant") await addGrants(session, { userId, units: 1 });
  if (asset.attemptId !== null) await endAttempt(session, { id: asset.attemptId, detail, now });
  await tell(session, asset, ending);
  await letGo(session, userId, atOnce, now);
}

async function tell(session: Session, asset: AssetRow, ending: Ending): Promise<void> {
  for (const delivery of ending.deliveries) await addDelivery(session, delivery, ending.now);
  await touchStatus(session, { batchId: asset.batchId, dueAt: ending.statusDueAt });
}

/** Makes the member's oldest waiting assets due, up to `atOnce` under way. */
async function letGo(session: Session, userId: UserId, atOnce: number, now: number): Promise<void> {
  const { underWay } = await standingOf(session, userId);
  const slots = atOnce - underWay;
  if (slots <= 0) return;
  const waiting = await waitingOf(session, { userId, limit: slots });
  if (waiting.length === 0) return;
  await wake(session, { ids: JSON.stringify(waiting.map(({ id }) => id)), now });
}
