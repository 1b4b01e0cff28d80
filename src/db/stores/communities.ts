import { eq } from "drizzle-orm";
import type { CommunityStore } from "../../core/ports/post-stores.ts";
import { type CommunitySettings, STANDARD_COMMUNITY } from "../../core/posts/post.ts";
import type { Database } from "../database.ts";
import { toCommunity } from "../post-rows.ts";
import { locking, statement, type Values } from "../statement.ts";

type Settings = Values & CommunitySettings & { readonly id: string; readonly now: number };

const find = statement<{ id: string }>()("community_find", ({ query, tables: { communities: c }, at }) =>
  query
    .select()
    .from(c)
    .where(eq(c.id, at("id"))),
);

const lock = statement<{ id: string }>()(
  "community_lock",
  ({ query, tables: { communities: c }, at, dialect }) =>
    locking(
      dialect,
      query
        .select()
        .from(c)
        .where(eq(c.id, at("id"))),
    ),
);

const add = statement<Settings>()("community_add", ({ query, tables: { communities: c }, at }) =>
  query
    .insert(c)
    .values({
      id: at("id"),
      accounts: at("accounts"),
      approval: at("approval"),
      moderators: at("moderators"),
      changedAt: at("now"),
    })
    .onConflictDoNothing(),
);

const set = statement<Settings>()("community_set", ({ query, tables: { communities: c }, at, as }) =>
  query
    .update(c)
    .set({
      accounts: as(c.accounts, "accounts"),
      approval: as(c.approval, "approval"),
      moderators: as(c.moderators, "moderators"),
      changedAt: as(c.changedAt, "now"),
    })
    .where(eq(c.id, at("id"))),
);

export function createCommunityStore(database: Database): CommunityStore {
  return {
    async get(id) {
      const [row] = await database.read(async (session) => find(session, { id }));
      return row === undefined ? STANDARD_COMMUNITY : toCommunity(row);
    },

    change: (id, patch, now) =>
      database.write(async (session) => {
        await add(session, { ...STANDARD_COMMUNITY, id, now });
        const [row] = await lock(session, { id });
        const settings = { ...(row === undefined ? STANDARD_COMMUNITY : toCommunity(row)), ...patch };
        await set(session, { ...settings, id, now });
        return settings;
      }),
  };
}
