import { describe, expect, it } from "vitest";
import type { AccountStore } from "../../../src/core/ports/post-stores.ts";
import { NOON } from "../../support/store-fixtures.ts";
import { accountOf, confirmed, newAccountId } from "./post-fixtures.ts";
import { type MakeDatabase, openWith } from "./suite.ts";

const INSTAGRAM = { externalId: "e1", network: "instagram", name: "@atelier", health: "fine" } as const;
const TIKTOK = { externalId: "e2", network: "tiktok", name: "@studio", health: "reconnect" } as const;
const SECOND = { externalId: "e3", network: "instagram", name: "@another", health: "off" } as const;

type Found = Parameters<AccountStore["sync"]>[2];
const sync = (accounts: AccountStore, owner: string, found: Found, now = NOON) =>
  accounts.sync(owner, `prf_${owner}`, found, newAccountId, now);

export function accountStoreContract(make: MakeDatabase): void {
  describe("profiles", () => {
    const open = openWith(make);

    it("are remembered once an owner", async () => {
      const { accounts } = (await open()).stores;
      expect(await accounts.profileOf("usr_1")).toBeNull();
      expect(await accounts.rememberProfile("usr_1", "prf_1", NOON)).toBe("prf_1");
      expect(await accounts.rememberProfile("usr_1", "prf_2", NOON + 1)).toBe("prf_1");
      expect(await accounts.profileOf("usr_1")).toBe("prf_1");
      expect(await accounts.profileOf("discord:1")).toBeNull();
    });

    it("are one when many make theirs at once, and everybody learns which", async () => {
      const { accounts } = (await open()).stores;
      const answers = await Promise.all(
        Array.from({ length: 24 }, (_, index) => accounts.rememberProfile("usr_1", `prf_${index}`, NOON)),
      );
      expect(new Set(answers)).toEqual(new Set([await accounts.profileOf("usr_1")]));
    });
  });

  describe("accounts", () => {
    const open = openWith(make);

    it("become what the service says, by network and name", async () => {
      const { accounts } = (await open()).stores;
      const found = await sync(accounts, "usr_1", [TIKTOK, INSTAGRAM, SECOND]);
      const facts = { owner: "usr_1", profileId: "prf_usr_1", createdAt: NOON, checkedAt: NOON };
      expect(found).toEqual(
        [SECOND, INSTAGRAM, TIKTOK].map((each) => ({
          ...each,
          ...facts,
          id: expect.stringMatching(/^acc_/),
        })),
      );
      expect(await accounts.ofOwners(["usr_1"])).toEqual(found);
      const [first] = found;
      if (first === undefined) return expect.unreachable();
      expect(await accounts.get(first.id)).toEqual(first);
      expect(await accounts.byExternalId("e3")).toEqual(first);
      expect(await accounts.get("acc_none")).toBeNull();
      expect(await accounts.byExternalId("none")).toBeNull();
    });

    it("that are known keep their id, with the latest name and health", async () => {
      const { accounts } = (await open()).stores;
      const [before] = await sync(accounts, "usr_1", [INSTAGRAM]);
      const renamed = { ...INSTAGRAM, name: "@new\0", health: "reconnect" } as const;
      const [after] = await sync(accounts, "usr_1", [renamed], NOON + 5);
      expect(after).toEqual({ ...before, name: "@new", health: "reconnect", checkedAt: NOON + 5 });
    });

    it("that are missing are gone, stay for the posts that name them, and may come back", async () => {
      const { stores } = await open();
      const { accounts } = stores;
      const other = await accountOf(stores, "usr_2");
      await sync(accounts, "usr_1", [INSTAGRAM, TIKTOK]);
      const account = await accounts.byExternalId("e1");
      if (account === null) return expect.unreachable();
      const post = await confirmed(stores, { account });
      expect((await sync(accounts, "usr_1", [TIKTOK], NOON + 5)).map(({ externalId }) => externalId)).toEqual(
        ["e2"],
      );
      expect(await accounts.get(account.id)).toEqual({ ...account, health: "gone", checkedAt: NOON + 5 });
      expect(await accounts.ofOwners(["usr_1", "usr_2"])).toHaveLength(2);
      expect(await accounts.get(other.id)).toEqual(other);
      expect((await stores.posts.get(post.id))?.accountId).toBe(account.id);
      expect(await sync(accounts, "usr_1", [], NOON + 6)).toEqual([]);
      expect((await accounts.get(account.id))?.checkedAt).toBe(NOON + 5);
      const [back] = await sync(accounts, "usr_1", [INSTAGRAM], NOON + 7);
      expect(back).toEqual({ ...account, checkedAt: NOON + 7 });
    });

    it("are one row each when they are found many times at once", async () => {
      const { accounts } = (await open()).stores;
      await Promise.all(
        Array.from({ length: 24 }, (_, index) =>
          sync(accounts, "usr_1", index % 2 === 0 ? [INSTAGRAM, TIKTOK] : [TIKTOK, INSTAGRAM]),
        ),
      );
      expect(await accounts.ofOwners(["usr_1"])).toHaveLength(2);
    });

    it("of several owners are listed together, and of none not at all", async () => {
      const { accounts } = (await open()).stores;
      await sync(accounts, "usr_1", [TIKTOK]);
      await sync(accounts, "discord:1", [INSTAGRAM]);
      await sync(accounts, "discord:2", [SECOND]);
      const listed = await accounts.ofOwners(["usr_1", "discord:1"]);
      expect(listed.map(({ externalId }) => externalId)).toEqual(["e1", "e2"]);
      expect(await accounts.ofOwners([])).toEqual([]);
    });

    it("get another health when the service tells of one", async () => {
      const { stores } = await open();
      const account = await accountOf(stores);
      await stores.accounts.setHealth(account.id, "reconnect", NOON + 3);
      expect(await stores.accounts.get(account.id)).toEqual({
        ...account,
        health: "reconnect",
        checkedAt: NOON + 3,
      });
    });
  });

  describe("a grant", () => {
    const open = openWith(make);

    it("lets a member use a community's account until it is taken back", async () => {
      const { stores } = await open();
      const { accounts } = stores;
      const account = await accountOf(stores, "discord:1");
      const another = await accountOf(stores, "discord:2");
      expect(await accounts.isGranted(account.id, "usr_1")).toBe(false);
      await accounts.grant(account.id, "usr_1", "usr_admin", NOON);
      await accounts.grant(account.id, "usr_1", "usr_other", NOON + 1);
      expect(await accounts.isGranted(account.id, "usr_1")).toBe(true);
      expect(await accounts.isGranted(account.id, "usr_2")).toBe(false);
      expect(await accounts.isGranted(another.id, "usr_1")).toBe(false);
      expect(await accounts.grantedTo("usr_1")).toEqual([account]);
      expect(await accounts.grantedTo("usr_2")).toEqual([]);
      expect(await accounts.revoke(account.id, "usr_1")).toBe(true);
      expect(await accounts.revoke(account.id, "usr_1")).toBe(false);
      expect(await accounts.isGranted(account.id, "usr_1")).toBe(false);
      expect(await accounts.grantedTo("usr_1")).toEqual([]);
    });

    it("shows nothing of an account that is gone, and is there again with it", async () => {
      const { accounts } = (await open()).stores;
      const [account] = await sync(accounts, "discord:1", [INSTAGRAM]);
      if (account === undefined) return expect.unreachable();
      await accounts.grant(account.id, "usr_1", "usr_admin", NOON);
      await sync(accounts, "discord:1", []);
      expect(await accounts.grantedTo("usr_1")).toEqual([]);
      await sync(accounts, "discord:1", [INSTAGRAM]);
      expect((await accounts.grantedTo("usr_1")).map(({ id }) => id)).toEqual([account.id]);
    });

    it("ends when its account moves to another owner", async () => {
      const { accounts } = (await open()).stores;
      const [account] = await sync(accounts, "discord:1", [INSTAGRAM]);
      if (account === undefined) return expect.unreachable();
      await accounts.grant(account.id, "usr_1", "usr_admin", NOON);
      const [moved] = await sync(accounts, "usr_2", [INSTAGRAM], NOON + 1);
      expect(moved).toMatchObject({ id: account.id, owner: "usr_2", profileId: "prf_usr_2" });
      expect(await accounts.isGranted(account.id, "usr_1")).toBe(false);
      expect(await accounts.ofOwners(["discord:1"])).toEqual([]);
      await sync(accounts, "discord:1", []);
      expect((await accounts.get(account.id))?.health).toBe("fine");
    });
  });
}
