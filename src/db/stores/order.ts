import { eq, sql } from "drizzle-orm";
import { AppError } from "../../core/errors.ts";
import type { UserId } from "../../core/identifiers.ts";
import type { NewAsset, Order, OrderResult } from "../../core/ports/stores.ts";
import { type Database, Undone } from "../database.ts";
import { foldForSearch, toAsset } from "../rows.ts";
import type { AssetRow } from "../schema.ts";
import { type Session, statement } from "../statement.ts";
import { addDelivery } from "./delivery-statements.ts";
import { useDraft } from "./drafts.ts";
import { markHandled } from "./inbox.ts";
import { addGrants, addLedgerEntry, countPaid, takeOfLimit } from "./ledger-statements.ts";
import { lockUser, readBalance } from "./user-statements.ts";

/** No limit, as a number that the column can hold. */
const UNLIMITED = 2 ** 31 - 1;

const standing = statement<{ id: UserId }>()("member_standing", ({ query, tables: t, at }) =>
  query
    .select({
      grants: t.users.grants,
      underWay: sql`(
        select count(*) from media_assets
        where state in ('queued', 'preparing', 'submitting', 'submitted', 'storing', 'unknown')
          and due_at is not null and user_id = ${at("id")}
      )`.mapWith(Number),
    })
    .from(t.users)
    .where(eq(t.users.id, at("id"))),
);

/**
 * A member's bonus units and how many of their assets are under way. The member is locked until the transaction ends:
 * on PostgreSQL by a statement before, since one that waits for a lock counts what was there before it waited.
 */
export async function standingOf(
  session: Session,
  id: UserId,
): Promise<{ readonly grants: number; readonly underWay: number }> {
  if (session.dialect === "postgres") await lockUser(session, { id });
  const [member] = await standing(session, { id });
  if (member === undefined) throw new AppError("NOT_FOUND", "there is no such member");
  return member;
}

/** No row: the member has had this receipt already. */
const addAsset = statement<AssetRow>()("asset_add", ({ query, tables: t, at }) =>
  query
    .insert(t.mediaAssets)
    .values({
      id: at("id"),
      batchId: at("batchId"),
      batchIndex: at("batchIndex"),
      batchCount: at("batchCount"),
      userId: at("userId"),
      platform: at("platform"),
      receipt: at("receipt"),
      handle: at("handle"),
      kind: at("kind"),
      provider: at("provider"),
      prompt: at("prompt"),
      searchText: at("searchText"),
      aspect: at("aspect"),
      style: at("style"),
      seed: at("seed"),
      state: at("state"),
      dueAt: at("dueAt"),
      private: at("private"),
      period: at("period"),
      unitSource: at("unitSource"),
      createdAt: at("createdAt"),
      referenceMedia: at("referenceMedia"),
    })
    .onConflictDoNothing({ target: [t.mediaAssets.userId, t.mediaAssets.receipt] })
    .returning({ id: t.mediaAssets.id }),
);

/** See `GenerationStore.order`: everything that a request writes, or nothing of it. */
export function placeOrder(database: Database, order: Order): Promise<OrderResult> {
  return database.write<OrderResult>(async (session) => {
    const { now, userId } = order;
    const fresh = await markHandled(session, { key: order.inboxKey, source: order.source, now });
    if (fresh.length === 0) return new Undone({ status: "duplicate" });
    if (order.draftId !== null) {
      const used = await useDraft(session, { id: order.draftId, userId, now });
      if (used.length === 0) return new Undone({ status: "duplicate" });
    }
    const member = await standingOf(session, userId);
    const taken = await takeUnits(session, order, member.grants);
    if (taken.status === "limit") return new Undone(taken);
    if (order.dailyCap !== null) {
      const { day, count: cap } = order.dailyCap;
      const units = order.assets.length;
      const counted = units > cap ? [] : await countPaid(session, { day, units, cap });
      if (counted.length === 0) return new Undone({ status: "daily-cap" });
    }

    const slots = Math.max(0, order.atOnce - member.underWay);
    const rows: AssetRow[] = [];
    for (const [index, asset] of order.assets.entries()) {
      const dueAt = index < slots ? now : null;
      const unitSource = index < taken.fromLimit ? "limit" : "grant";
      const row = await addWithReceipt(session, order, asset, { index, dueAt, unitSource });
      rows.push(row);
      await addLedgerEntry(session, {
        id: asset.ledgerId,
        userId,
        assetId: row.id,
        step: 1,
        kind: "reserve",
        source: row.unitSource,
        period: row.period,
        units: 1,
        now,
      });
    }
    await addDelivery(session, order.status, now);
    return { status: "started", assets: rows.map(toAsset), balance: taken.balance };
  });
}

type Taken =
  | {
      readonly status: "taken";
      readonly fromLimit: number;
      readonly balance: Extract<OrderResult, { balance: unknown }>["balance"];
    }
  | Extract<OrderResult, { status: "limit" }>;

/** The month's limit first, then the bonus units; all of them or none. */
async function takeUnits(session: Session, order: Order, grants: number): Promise<Taken> {
  const { userId, period, limit: named } = order;
  const units = order.assets.length;
  const limit = named ?? UNLIMITED;
  const [whole] = units > limit ? [] : await takeOfLimit(session, { userId, period, units, limit });
  if (whole !== undefined) {
    return { status: "taken", fromLimit: units, balance: { used: whole.used, limit: named, grants } };
  }
  const [before] = await readBalance(session, { id: userId, period });
  const used = before?.used ?? 0;
  const fromLimit = Math.max(0, limit - used);
  const fromGrants = units - fromLimit;
  if (fromGrants > grants) return { status: "limit", balance: { used, limit: named, grants } };
  if (fromLimit > 0) await takeOfLimit(session, { userId, period, units: fromLimit, limit });
  await addGrants(session, { userId, units: -fromGrants });
  return {
    status: "taken",
    fromLimit,
    balance: { used: used + fromLimit, limit: named, grants: grants - fromGrants },
  };
}

type Place = Pick<AssetRow, "dueAt" | "unitSource"> & { readonly index: number };

/** Writes an asset with the first of its receipts that this member has not had yet. */
async function addWithReceipt(
  session: Session,
  order: Order,
  asset: NewAsset,
  place: Place,
): Promise<AssetRow> {
  for (const receipt of asset.receipts) {
    const row = assetRow(order, asset, receipt, place);
    if ((await addAsset(session, row)).length > 0) return row;
  }
  throw new AppError("INTERNAL", "no receipt that was offered is unused");
}

function assetRow(order: Order, asset: NewAsset, receipt: string, place: Place): AssetRow {
  return {
    id: asset.id,
    batchId: order.batchId,
    batchIndex: place.index,
    batchCount: order.assets.length,
    userId: order.userId,
    platform: order.source,
    receipt,
    handle: asset.handle,
    kind: order.kind,
    provider: order.provider,
    prompt: order.prompt,
    searchText: foldForSearch(order.prompt),
    aspect: order.aspect,
    style: order.style,
    seed: asset.seed,
    state: "queued",
    epoch: 0,
    dueAt: place.dueAt,
    leasedBy: null,
    rankAt: null,
    attempts: 0,
    attemptId: null,
    fetchFailures: 0,
    progress: null,
    operation: null,
    submittedAt: null,
    acceptedAt: null,
    media: null,
    endReason: null,
    endCode: null,
    favourite: false,
    private: order.private,
    period: order.period,
    unitSource: place.unitSource,
    createdAt: order.now,
    endedAt: null,
    deletedAt: null,
    requestedProvider: null,
    tried: null,
    referenceMedia: asset.references.length === 0 ? null : asset.references,
  };
}
