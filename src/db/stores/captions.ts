import { and, asc, desc, eq, gt, type SQL, sql } from "drizzle-orm";
import type { AssetId } from "../../core/identifiers.ts";
import type { Caption, CaptionStore } from "../../core/ports/post-stores.ts";
import type { Network } from "../../core/ports/publisher.ts";
import type { Database } from "../database.ts";
import { toCaption } from "../post-rows.ts";
import { printable, toAsset } from "../rows.ts";
import type { Tables } from "../schema.ts";
import { statement, type Values } from "../statement.ts";

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

const missing = statement<{ since: number; limit: number }>()(
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
        ),
      )
      .orderBy(asc(a.endedAt))
      .limit(at("limit")),
);

const removeAll = statement<{ assetId: AssetId }>()(
  "caption_remove",
  ({ query, tables: { captions: c }, at }) => query.delete(c).where(eq(c.assetId, at("assetId"))),
);

export function createCaptionStore(database: Database): CaptionStore {
  const { read, write } = database;
  return {
    missing: (since, limit) =>
      read(async (session) => (await missing(session, { since, limit })).map(toAsset)),

    add: (caption) =>
      write(
        async (session) =>
          void (await insert(session, {
            ...caption,
            text: printable(caption.text),
            altText: printable(caption.altText),
          })),
      ),

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
