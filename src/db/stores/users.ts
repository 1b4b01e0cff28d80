import { AppError } from "../../core/errors.ts";
import type { UserId } from "../../core/identifiers.ts";
import type { UserChange, UserStore } from "../../core/ports/stores.ts";
import { NO_SETTINGS, type User } from "../../core/usage/user.ts";
import { type Database, Undone } from "../database.ts";
import { printable, toSettings, toUser } from "../rows.ts";
import type { UserRow } from "../schema.ts";
import type { Session } from "../statement.ts";
import { addLedgerEntry } from "./ledger-statements.ts";
import * as statements from "./user-statements.ts";

type Found = readonly { readonly user: UserRow; readonly as: Parameters<typeof toUser>[1] }[];

/** The part of a member that admins change, as the audit log keeps it. */
type Standing = Pick<UserRow, "plan" | "planUntil" | "limitOverride" | "grants" | "bannedAt" | "banReason">;

export function createUserStore(database: Database): UserStore {
  return {
    async resolve(identity, profile, newId, now) {
      const wanted = {
        name: printable(profile.name),
        locale: profile.locale,
        username: profile.username === undefined ? null : printable(profile.username).toLowerCase(),
      };
      // Nearly always nothing has changed, and a command is answered without a write.
      const [known] = await database.read(async (session) =>
        statements.findByIdentity(session, { identity }),
      );
      if (
        known?.as.name === wanted.name &&
        known.as.locale === wanted.locale &&
        known.as.username === wanted.username
      ) {
        return toUser(known.user, known.as);
      }
      return database.write(async (session) => {
        if (known === undefined) {
          const platform = identity.slice(0, identity.indexOf(":"));
          await statements.addUser(session, { id: newId, settings: NO_SETTINGS, now });
          const added = await statements.addIdentity(session, {
            ...wanted,
            identity,
            userId: newId,
            platform,
            now,
          });
          // Somebody was faster: their member is the one.
          if (added.length === 0)
            return new Undone(await found(statements.findByIdentity(session, { identity })));
        } else {
          await statements.changeProfile(session, { ...wanted, identity, now });
        }
        return found(statements.findByIdentity(session, { identity }));
      });
    },

    byId: (id) => database.read(async (session) => maybe(await statements.findById(session, { id }))),

    byIdentity: (identity) =>
      database.read(async (session) => maybe(await statements.findByIdentity(session, { identity }))),

    byUsername: (platform, username) =>
      database.read(async (session) =>
        maybe(await statements.findByUsername(session, { platform, username: username.toLowerCase() })),
      ),

    changeSettings: (id, patch) =>
      database.write(async (session) => {
        const user = await locked(session, id);
        const settings = { ...toSettings(user.settings), ...patch };
        await statements.setSettings(session, { id, settings });
        return settings;
      }),

    balance: (id, period) =>
      database.read(async (session) => {
        const [row] = await statements.readBalance(session, { id, period });
        return { used: row?.used ?? 0, grants: row?.grants ?? 0 };
      }),

    administer: (id, change, audit) =>
      database.write(async (session) => {
        const row = await locked(session, id);
        const user = await found(statements.findById(session, { id }));
        const [repeated] = await statements.findAudit(session, { key: audit.key });
        if (repeated !== undefined) return user;
        const before = standingOf(row);
        const after = changed(before, change, audit.at);
        await statements.setStanding(session, { id, ...after });
        if (after.grants !== before.grants) {
          await addLedgerEntry(session, {
            id: `grant:${audit.key}`,
            userId: id,
            assetId: null,
            step: 1,
            kind: "grant",
            source: "grant",
            period: null,
            units: before.grants - after.grants,
            now: audit.at,
          });
        }
        await statements.addAudit(session, { ...audit, userId: id, before, after });
        return found(statements.findById(session, { id }));
      }),
  };
}

function changed(before: Standing, change: UserChange, now: number): Standing {
  switch (change.action) {
    case "limit":
      return { ...before, limitOverride: change.limit };
    case "plan":
      return { ...before, plan: change.plan, planUntil: change.until };
    case "grant":
      return { ...before, grants: Math.max(0, before.grants + change.units) };
    case "ban":
      return { ...before, bannedAt: before.bannedAt ?? now, banReason: change.reason };
    case "unban":
      return { ...before, bannedAt: null, banReason: null };
  }
}

function standingOf({ plan, planUntil, limitOverride, grants, bannedAt, banReason }: UserRow): Standing {
  return { plan, planUntil, limitOverride, grants, bannedAt, banReason };
}

async function locked(session: Session, id: UserId): Promise<UserRow> {
  const [row] = await statements.lockUser(session, { id });
  if (row === undefined) throw new AppError("NOT_FOUND", "there is no such member");
  return row;
}

async function found(rows: Found | Promise<Found>): Promise<User> {
  const user = maybe(await rows);
  if (user === null) throw new AppError("NOT_FOUND", "there is no such member");
  return user;
}

function maybe([row]: Found): User | null {
  return row === undefined ? null : toUser(row.user, row.as);
}
