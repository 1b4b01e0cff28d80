import { and, asc, desc, eq, gt, isNull, lt, lte, type SQL, sql } from "drizzle-orm";
import type { AssetId } from "../../core/identifiers.ts";
import { CAPTIONS_KEPT, type Caption, type CaptionStore } from "../../core/ports/post-stores.ts";
import type { Network } from "../../core/ports/publisher.ts";
import { type Database, Undone } from "../database.ts";
import { toCaption } from "../post-rows.ts";
import { printable, toAsset } from "../rows.ts";
import type { Tables } from "../schema.ts";
import { locking, type Session, statement, type Values } from "../statement.ts";

/** Of a count that nobody limits. */
const UNLIMITED = 2 ** 31 - 1;
/** Whose calls those of the whole instance are; no member's id is like it. */
const INSTANCE = "instance";

/** Held until the caption is written: whoever deletes the asset meanwhile finds it, and takes it along. */
const lockAsset = statement<{ assetId: AssetId }>()(
  "caption_asset",
  ({ query, tables: { mediaAssets: a }, dialect, at }) =>
    locking(
      dialect,
      query
        .select({ id: a.id })
        .from(a)
        .where(and(eq(a.id, at("assetId")), isNull(a.deletedAt))),
    ),
);

const insert = statement<Values & Caption>()("caption_add", ({ query, tables: { captions: c }, at }) =>
  query
    .insert(c)
    .values({
      id: at("id"),
      assetId: at("assetId"),
      userId: at("userId"),
      network: at("network"),
      language: at("language"),
      text: at("text"),
      hashtags: at("hashtags"),
      altText: at("altText"),
      model: at("model"),
      createdAt: at("createdAt"),
    })
    .onConflictDoNothing({ target: c.id }),
);

/** Of one moment the one that was written last. */
const newest = <Extra extends Values>(
  name: string,
  condition?: (
    captions: Tables["captions"],
    as: (column: Tables["captions"]["network"], name: keyof Extra & string) => SQL,
  ) => SQL,
) =>
  statement<Extra & { assetId: AssetId }>()(name, ({ query, tables: { captions: c }, as }) =>
    query
      .select()
      .from(c)
      .where(and(sql`${c.assetId} = ${as(c.assetId, "assetId")}`, condition?.(c, as)))
      .orderBy(desc(c.createdAt), desc(c.sequence))
      .limit(1),
  );

const newestOfAny = newest<Record<never, never>>("caption_newest");
const newestOfNone = newest<Record<never, never>>("caption_newest_of_none", (c) => sql`${c.network} is null`);
const newestOfOne = newest<{ network: Network }>(
  "caption_newest_of",
  (c, as) => sql`${c.network} = ${as(c.network, "network")}`,
);

const find = statement<{ id: Caption["id"] }>()("caption_find", ({ query, tables: { captions: c }, at }) =>
  query
    .select()
    .from(c)
    .where(eq(c.id, at("id"))),
);

/** Older than the newest `CAPTIONS_KEPT` of the asset. */
const forgetOld = statement<{ assetId: AssetId }>()(
  "caption_forget_old",
  ({ query, tables: { captions: c }, at }) =>
    query.delete(c).where(
      and(
        eq(c.assetId, at("assetId")),
        sql`${c.sequence} not in (select newer.sequence from captions as newer
          where newer.asset_id = ${at("assetId")}
          order by newer.created_at desc, newer.sequence desc limit ${sql.raw(String(CAPTIONS_KEPT))})`,
      ),
    ),
);

const missing = statement<{ since: number; now: number; limit: number }>()(
  "caption_missing",
  ({ query, tables: { mediaAssets: a }, at }) =>
    query
      .select()
      .from(a)
      .where(
        and(
          sql`state = 'ready'`,
          gt(a.endedAt, at("since")),
          sql`${a.deletedAt} is null`,
          sql`not exists (select 1 from captions where captions.asset_id = media_assets.id)`,
          sql`not exists (select 1 from caption_claims where caption_claims.asset_id = media_assets.id
            and caption_claims.until > ${at("now")})`,
        ),
      )
      .orderBy(asc(a.endedAt))
      .limit(at("limit")),
);

const removeAll = statement<{ assetId: AssetId }>()(
  "caption_remove",
  ({ query, tables: { captions: c }, at }) => query.delete(c).where(eq(c.assetId, at("assetId"))),
);

const endOldClaims = statement<{ now: number }>()(
  "caption_claims_end",
  ({ query, tables: { captionClaims: c }, at }) => query.delete(c).where(lte(c.until, at("now"))),
);

const putClaim = statement<{ assetId: AssetId; until: number }>()(
  "caption_claim",
  ({ query, tables: { captionClaims: c }, at }) =>
    query
      .insert(c)
      .values({ assetId: at("assetId"), until: at("until") })
      .onConflictDoNothing({ target: c.assetId })
      .returning({ assetId: c.assetId }),
);

const endOldDays = statement<{ day: string }>()(
  "caption_days_end",
  ({ query, tables: { captionDays: d }, at }) => query.delete(d).where(lt(d.day, at("day"))),
);

const countOf = statement<{ day: string; owner: string; limit: number }>()(
  "caption_call_count",
  ({ query, tables: { captionDays: d }, at, as }) =>
    query
      .insert(d)
      .values({ day: at("day"), owner: at("owner"), calls: 1 })
      .onConflictDoUpdate({
        target: [d.day, d.owner],
        set: { calls: sql`${d.calls} + 1` },
        setWhere: sql`${d.calls} < ${as(d.calls, "limit")}`,
      })
      .returning({ calls: d.calls }),
);

async function counts(session: Session, day: string, owner: string, most: number | null): Promise<boolean> {
  const limit = most ?? UNLIMITED;
  return limit > 0 && (await countOf(session, { day, owner, limit })).length > 0;
}

export function createCaptionStore(database: Database): CaptionStore {
  const { read, write } = database;
  return {
    missing: (since, now, limit) =>
      read(async (session) => (await missing(session, { since, now, limit })).map(toAsset)),

    claim: (assetId, now, until) =>
      write(async (session) => {
        await endOldClaims(session, { now });
        return (await putClaim(session, { assetId, until })).length > 0;
      }),

    countCall: ({ day, userId, memberLimit, instanceLimit }) =>
      write<"counted" | "member" | "instance">(async (session) => {
        await endOldDays(session, { day });
        if (!(await counts(session, day, userId, memberLimit))) return new Undone("member");
        if (!(await counts(session, day, INSTANCE, instanceLimit))) return new Undone("instance");
        return "counted";
      }),

    add: (caption) =>
      write(async (session) => {
        const { assetId } = caption;
        if ((await lockAsset(session, { assetId })).length === 0) return;
        const [text, altText] = [printable(caption.text), printable(caption.altText)];
        await insert(session, { ...caption, text, altText });
        await forgetOld(session, { assetId });
      }),

    async latest(assetId, network) {
      const [row] = await read(async (session) => {
        if (network === undefined) return newestOfAny(session, { assetId });
        if (network === null) return newestOfNone(session, { assetId });
        return newestOfOne(session, { assetId, network });
      });
      return row === undefined ? null : toCaption(row);
    },

    async byId(id) {
      const [row] = await read(async (session) => find(session, { id }));
      return row === undefined ? null : toCaption(row);
    },

    remove: (assetId) => write(async (session) => void (await removeAll(session, { assetId }))),
  };
}
