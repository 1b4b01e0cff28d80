import { and, desc, eq } from "drizzle-orm";
import type { Identity, Platform, UserId } from "../../core/identifiers.ts";
import type { AuditEntry } from "../../core/ports/stores.ts";
import type { Period } from "../../core/usage/allowance.ts";
import type { Plan } from "../../core/usage/user.ts";
import { locking, statement } from "../statement.ts";

export type Profile = {
  readonly name: string;
  readonly locale: string | null;
  readonly username: string | null;
};

export const findByIdentity = statement<{ identity: Identity }>()(
  "user_by_identity",
  ({ query, tables: t, at }) =>
    query
      .select({ user: t.users, as: t.identities })
      .from(t.identities)
      .innerJoin(t.users, eq(t.users.id, t.identities.userId))
      .where(eq(t.identities.identity, at("identity"))),
);

/** As the identity that was seen last. */
export const findById = statement<{ id: UserId }>()("user_by_id", ({ query, tables: t, at }) =>
  query
    .select({ user: t.users, as: t.identities })
    .from(t.identities)
    .innerJoin(t.users, eq(t.users.id, t.identities.userId))
    .where(eq(t.identities.userId, at("id")))
    .orderBy(desc(t.identities.seenAt))
    .limit(1),
);

export const findByUsername = statement<{ platform: Platform; username: string }>()(
  "user_by_username",
  ({ query, tables: t, at }) =>
    query
      .select({ user: t.users, as: t.identities })
      .from(t.identities)
      .innerJoin(t.users, eq(t.users.id, t.identities.userId))
      .where(and(eq(t.identities.platform, at("platform")), eq(t.identities.username, at("username"))))
      .orderBy(desc(t.identities.seenAt))
      .limit(1),
);

export const lockUser = statement<{ id: UserId }>()("user_lock", ({ query, tables: t, at, dialect }) =>
  locking(
    dialect,
    query
      .select()
      .from(t.users)
      .where(eq(t.users.id, at("id"))),
  ),
);

export const addUser = statement<{ id: UserId; settings: unknown; now: number }>()(
  "user_add",
  ({ query, tables: t, at }) =>
    query.insert(t.users).values({ id: at("id"), settings: at("settings"), createdAt: at("now") }),
);

export const addIdentity = statement<
  Profile & { identity: Identity; userId: UserId; platform: Platform; now: number }
>()("identity_add", ({ query, tables: t, at }) =>
  query
    .insert(t.identities)
    .values({
      identity: at("identity"),
      userId: at("userId"),
      platform: at("platform"),
      name: at("name"),
      locale: at("locale"),
      username: at("username"),
      seenAt: at("now"),
    })
    .onConflictDoNothing()
    .returning({ identity: t.identities.identity }),
);

export const changeProfile = statement<Profile & { identity: Identity; now: number }>()(
  "identity_change",
  ({ query, tables: t, as, at }) =>
    query
      .update(t.identities)
      .set({
        name: as(t.identities.name, "name"),
        locale: as(t.identities.locale, "locale"),
        username: as(t.identities.username, "username"),
        seenAt: as(t.identities.seenAt, "now"),
      })
      .where(eq(t.identities.identity, at("identity"))),
);

export const setSettings = statement<{ id: UserId; settings: unknown }>()(
  "user_settings",
  ({ query, tables: t, as, at }) =>
    query
      .update(t.users)
      .set({ settings: as(t.users.settings, "settings") })
      .where(eq(t.users.id, at("id"))),
);

export const setStanding = statement<{
  id: UserId;
  plan: Plan;
  planUntil: number | null;
  limitOverride: number | null;
  grants: number;
  bannedAt: number | null;
  banReason: string | null;
}>()("user_standing", ({ query, tables: t, as, at }) =>
  query
    .update(t.users)
    .set({
      plan: as(t.users.plan, "plan"),
      planUntil: as(t.users.planUntil, "planUntil"),
      limitOverride: as(t.users.limitOverride, "limitOverride"),
      grants: as(t.users.grants, "grants"),
      bannedAt: as(t.users.bannedAt, "bannedAt"),
      banReason: as(t.users.banReason, "banReason"),
    })
    .where(eq(t.users.id, at("id")))
    .returning(),
);

export const readBalance = statement<{ id: UserId; period: Period }>()(
  "user_balance",
  ({ query, tables: t, at }) =>
    query
      .select({ grants: t.users.grants, used: t.userUsage.mediaGenerationsCreated })
      .from(t.users)
      .leftJoin(t.userUsage, and(eq(t.userUsage.userId, t.users.id), eq(t.userUsage.period, at("period"))))
      .where(eq(t.users.id, at("id"))),
);

export const findAudit = statement<{ key: string }>()("audit_by_key", ({ query, tables: t, at }) =>
  query
    .select()
    .from(t.auditLog)
    .where(eq(t.auditLog.key, at("key"))),
);

export const addAudit = statement<{
  key: string;
  at: number;
  actorId: UserId;
  userId: UserId;
  action: AuditEntry["action"];
  before: unknown;
  after: unknown;
}>()("audit_add", ({ query, tables: t, at }) =>
  query.insert(t.auditLog).values({
    key: at("key"),
    at: at("at"),
    actorId: at("actorId"),
    userId: at("userId"),
    action: at("action"),
    before: at("before"),
    after: at("after"),
  }),
);
