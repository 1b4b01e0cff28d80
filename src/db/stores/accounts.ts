import type { AccountStore } from "../../core/ports/post-stores.ts";
import { type Database, Undone } from "../database.ts";
import { printable } from "../rows.ts";
import * as statements from "./account-statements.ts";

export function createAccountStore(database: Database): AccountStore {
  const { read, write } = database;
  return {
    async profileOf(owner) {
      const [row] = await read(async (session) => statements.findProfile(session, { owner }));
      return row?.profileId ?? null;
    },

    rememberProfile: (owner, profileId, now) =>
      write(async (session) => {
        await statements.addProfile(session, { owner, profileId, now });
        const [row] = await statements.findProfile(session, { owner });
        return row?.profileId ?? profileId;
      }),

    sync: (owner, profileId, found, newId, now) =>
      write(async (session) => {
        // Always in the same order: two of them at once wait for each other, and never both.
        const inOrder = found.toSorted((a, b) => (a.externalId < b.externalId ? -1 : 1));
        for (const { externalId, network, name, health } of inOrder) {
          await statements.dropForeignGrants(session, { externalId, owner });
          const account = { externalId, network, name: printable(name), health, owner, profileId };
          await statements.putAccount(session, { ...account, id: newId(), createdAt: now });
        }
        const externalIds = JSON.stringify(found.map(({ externalId }) => externalId));
        await statements.loseOthers(session, { owner, found: externalIds, now });
        return statements.accountsOf(session, { owners: JSON.stringify([owner]) });
      }),

    async get(id) {
      const [row] = await read(async (session) => statements.findAccount(session, { id }));
      return row ?? null;
    },

    async byExternalId(externalId) {
      const [row] = await read(async (session) => statements.findByExternalId(session, { externalId }));
      return row ?? null;
    },

    ofOwners: (owners) =>
      read(async (session) => statements.accountsOf(session, { owners: JSON.stringify(owners) })),

    async grantedTo(userId) {
      const rows = await read(async (session) => statements.accountsGrantedTo(session, { userId }));
      return rows.map(({ account }) => account);
    },

    grant: (id, userId, by, now) =>
      write(async (session) => void (await statements.addGrant(session, { id, userId, by, now }))),

    revoke: (id, userId) =>
      write(async (session) => {
        const removed = await statements.removeGrant(session, { id, userId });
        return removed.length > 0 ? true : new Undone(false);
      }),

    async isGranted(id, userId) {
      const rows = await read(async (session) => statements.findGrant(session, { id, userId }));
      return rows.length > 0;
    },

    setHealth: (id, health, now) =>
      write(async (session) => void (await statements.setHealth(session, { id, health, now }))),
  };
}
