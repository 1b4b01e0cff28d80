import { and, desc, eq, inArray, isNull, type Placeholder, sql } from "drizzle-orm";
import { FINAL_STATES } from "../../core/generation/asset.ts";
import type { AssetId, UserId } from "../../core/identifiers.ts";
import type { GalleryStore } from "../../core/ports/stores.ts";
import type { Database } from "../database.ts";
import { foldForSearch, toAsset } from "../rows.ts";
import type { Tables } from "../schema.ts";
import { statement } from "../statement.ts";

/** `favourites` 1: only those. `pattern`: of `like`, on the folded prompt. */
type Filter = { userId: UserId; favourites: number; pattern: string };

const matches = (
  a: Tables["mediaAssets"],
  at: <Name extends keyof Filter>(name: Name) => Placeholder<Name, Filter[Name]>,
) =>
  and(
    eq(a.userId, at("userId")),
    sql`deleted_at is null`,
    sql`(cast(${at("favourites")} as integer) = 0 or ${eq(a.favourite, true)})`,
    sql`${a.searchText} like ${at("pattern")} escape '!'`,
  );

const page = statement<Filter & { limit: number; offset: number }>()(
  "gallery_page",
  ({ query, tables: { mediaAssets: a }, at }) =>
    query
      .select()
      .from(a)
      .where(matches(a, at))
      .orderBy(desc(a.createdAt), desc(a.id))
      .limit(at("limit"))
      .offset(at("offset")),
);

const count = statement<Filter>()("gallery_count", ({ query, tables: { mediaAssets: a }, at }) =>
  query
    .select({ total: sql`count(*)`.mapWith(Number) })
    .from(a)
    .where(matches(a, at)),
);

const byReceipt = statement<{ userId: UserId; receipt: string }>()(
  "gallery_by_receipt",
  ({ query, tables: { mediaAssets: a }, at }) =>
    query
      .select()
      .from(a)
      .where(and(eq(a.userId, at("userId")), eq(a.receipt, at("receipt")), isNull(a.deletedAt))),
);

const setFavourite = statement<{ id: AssetId; favourite: boolean }>()(
  "gallery_favourite",
  ({ query, tables: { mediaAssets: a }, at, as }) =>
    query
      .update(a)
      .set({ favourite: as(a.favourite, "favourite") })
      .where(and(eq(a.id, at("id")), isNull(a.deletedAt)))
      .returning({ id: a.id }),
);

const remove = statement<{ id: AssetId; now: number }>()(
  "gallery_remove",
  ({ query, tables: { mediaAssets: a }, at, as }) =>
    query
      .update(a)
      .set({ deletedAt: as(a.deletedAt, "now"), prompt: "", searchText: "", favourite: false })
      .where(and(eq(a.id, at("id")), inArray(a.state, [...FINAL_STATES]), isNull(a.deletedAt)))
      .returning({ id: a.id }),
);

export function createGalleryStore(database: Database): GalleryStore {
  const { read, write } = database;
  return {
    list: ({ userId, search, favouritesOnly, limit, offset }) =>
      read(async (session) => {
        const filter = { userId, favourites: favouritesOnly ? 1 : 0, pattern: patternFor(search) };
        const [counted] = await count(session, filter);
        const rows = await page(session, { ...filter, limit, offset });
        return { assets: rows.map(toAsset), total: counted?.total ?? 0 };
      }),

    async byReceipt(userId, receipt) {
      const [row] = await read(async (session) =>
        byReceipt(session, { userId, receipt: receipt.toUpperCase() }),
      );
      return row === undefined ? null : toAsset(row);
    },

    setFavourite: (id, favourite) =>
      write(async (session) => (await setFavourite(session, { id, favourite })).length > 0),

    remove: (id, now) => write(async (session) => (await remove(session, { id, now })).length > 0),
  };
}

function patternFor(search: string | null): string {
  if (search === null) return "%";
  return `%${foldForSearch(search).replaceAll("\0", "").replace(/[!%_]/g, "!$&")}%`;
}
