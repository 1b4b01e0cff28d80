import { and, asc, eq, ne, sql } from "drizzle-orm";
import type { UserId } from "../../core/identifiers.ts";
import type { AccountId, SocialAccount } from "../../core/posts/post.ts";
import { isOneOf, statement, type Values } from "../statement.ts";

export const findProfile = statement<{ owner: string }>()(
  "profile_find",
  ({ query, tables: { socialProfiles: p }, at }) =>
    query
      .select({ profileId: p.profileId })
      .from(p)
      .where(eq(p.owner, at("owner"))),
);

export const addProfile = statement<{ owner: string; profileId: string; now: number }>()(
  "profile_add",
  ({ query, tables: { socialProfiles: p }, at }) =>
    query
      .insert(p)
      .values({ owner: at("owner"), profileId: at("profileId"), createdAt: at("now") })
      .onConflictDoNothing(),
);

/** One that is known by the service's id keeps our id; found with another owner, it has moved to them. */
export const putAccount = statement<Values & Omit<SocialAccount, "checkedAt">>()(
  "account_put",
  ({ query, tables: { socialAccounts: a }, at }) =>
    query
      .insert(a)
      .values({
        id: at("id"),
        owner: at("owner"),
        profileId: at("profileId"),
        externalId: at("externalId"),
        network: at("network"),
        name: at("name"),
        health: at("health"),
        createdAt: at("createdAt"),
        checkedAt: at("createdAt"),
      })
      .onConflictDoUpdate({
        target: a.externalId,
        set: {
          owner: sql`excluded.owner`,
          profileId: sql`excluded.profile_id`,
          network: sql`excluded.network`,
          name: sql`excluded.name`,
          health: sql`excluded.health`,
          checkedAt: sql`excluded.checked_at`,
        },
      }),
);

/** What a former owner's managers have granted is worth nothing with another owner. */
export const dropForeignGrants = statement<{ externalId: string; owner: string }>()(
  "account_drop_grants",
  ({ query, tables: { accountGrants: g, socialAccounts: a }, as }) =>
    query.delete(g).where(
      sql`${g.accountId} in (
          select ${a.id} from ${a}
          where ${a.externalId} = ${as(a.externalId, "externalId")} and ${a.owner} <> ${as(a.owner, "owner")}
        )`,
    ),
);

/** `found`: the service's ids, as the text of a JSON array. */
export const loseOthers = statement<{ owner: string; found: string; now: number }>()(
  "account_lose",
  ({ query, tables: { socialAccounts: a }, at, as, dialect }) =>
    query
      .update(a)
      .set({ health: "gone", checkedAt: as(a.checkedAt, "now") })
      .where(
        and(
          eq(a.owner, at("owner")),
          ne(a.health, "gone"),
          sql`not (${isOneOf(dialect, a.externalId, at("found"))})`,
        ),
      ),
);

export const findAccount = statement<{ id: AccountId }>()(
  "account_find",
  ({ query, tables: { socialAccounts: a }, at }) =>
    query
      .select()
      .from(a)
      .where(eq(a.id, at("id"))),
);

export const findByExternalId = statement<{ externalId: string }>()(
  "account_by_external",
  ({ query, tables: { socialAccounts: a }, at }) =>
    query
      .select()
      .from(a)
      .where(eq(a.externalId, at("externalId"))),
);

export const accountsOf = statement<{ owners: string }>()(
  "account_of_owners",
  ({ query, tables: { socialAccounts: a }, at, dialect }) =>
    query
      .select()
      .from(a)
      .where(and(isOneOf(dialect, a.owner, at("owners")), ne(a.health, "gone")))
      .orderBy(asc(a.network), asc(a.name), asc(a.id)),
);

export const accountsGrantedTo = statement<{ userId: UserId }>()(
  "account_granted",
  ({ query, tables: { socialAccounts: a, accountGrants: g }, at }) =>
    query
      .select({ account: a })
      .from(g)
      .innerJoin(a, eq(a.id, g.accountId))
      .where(and(eq(g.userId, at("userId")), ne(a.health, "gone")))
      .orderBy(asc(a.network), asc(a.name), asc(a.id)),
);

export const addGrant = statement<{ id: AccountId; userId: UserId; by: UserId; now: number }>()(
  "grant_add",
  ({ query, tables: { accountGrants: g }, at }) =>
    query
      .insert(g)
      .values({ accountId: at("id"), userId: at("userId"), grantedBy: at("by"), createdAt: at("now") })
      .onConflictDoNothing(),
);

export const removeGrant = statement<{ id: AccountId; userId: UserId }>()(
  "grant_remove",
  ({ query, tables: { accountGrants: g }, at }) =>
    query
      .delete(g)
      .where(and(eq(g.accountId, at("id")), eq(g.userId, at("userId"))))
      .returning({ userId: g.userId }),
);

export const findGrant = statement<{ id: AccountId; userId: UserId }>()(
  "grant_find",
  ({ query, tables: { accountGrants: g }, at }) =>
    query
      .select({ userId: g.userId })
      .from(g)
      .where(and(eq(g.accountId, at("id")), eq(g.userId, at("userId")))),
);

export const setHealth = statement<{ id: AccountId; health: SocialAccount["health"]; now: number }>()(
  "account_health",
  ({ query, tables: { socialAccounts: a }, at, as }) =>
    query
      .update(a)
      .set({ health: as(a.health, "health"), checkedAt: as(a.checkedAt, "now") })
      .where(eq(a.id, at("id"))),
);
